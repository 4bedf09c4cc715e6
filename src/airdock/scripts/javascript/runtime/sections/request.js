// What came in, as expressions see it.
(function ({ section }) {
return Object.defineProperties(section("part")("request"), {
form: { get: () => section("form"), enumerable: true },
body: { get: () => section("body").get(), enumerable: true },
});
})
