(function ({ section }) {
const emit = section("emit");
return {
print: (text = "") => emit(`${text}`),
println: (text = "") => emit(`${text}\n`),
};
})
