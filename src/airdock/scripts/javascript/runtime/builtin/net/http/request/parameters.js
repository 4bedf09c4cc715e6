(function ({ section }) {
function all() {
const found = Object.create(null);
for (const [name, values] of Object.entries(section("request").queryAll)) found[name] = [...values];
for (const [name, value] of Object.entries(section("form"))) {
const values = (Array.isArray(value) ? value : [value]).map((each) => (typeof each === "string" ? each : each.filename));
found[name] = [...(found[name] ?? []), ...values];
}
return found;
}
return {
getParameterNames: () => Object.keys(all()),
getParameters: () => ({ ...all() }),
};
})
