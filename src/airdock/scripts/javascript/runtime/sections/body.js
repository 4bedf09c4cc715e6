// The message. It goes back if it differs at the end from what was sent.
(function ({ first: { hasOwn, stringify }, input, section, finishers }) {
let read = false, set = false, value, before;
function get() {
if (!read && !set) {
const { json, bytes } = section("part")("body");
read = true;
value = bytes === undefined ? json : section("bytes").decode(bytes);
before = bytes === undefined && typeof json === "object" ? stringify(json) : undefined;
}
return value;
}
finishers[finishers.length] = (out) => {
if (!set && before === undefined) return;
const after = section("wrap")(value === undefined ? null : value, "the body");
if (set || after.json !== before) out.body = { ...after, before, set };
};
return {
get,
set(given) {
// What was sent is compared with what is set, if it is there.
if (hasOwn(input.parts, "body")) get();
value = given;
set = true;
},
};
})
