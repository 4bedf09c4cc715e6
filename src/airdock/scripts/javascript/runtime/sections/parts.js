// The parts of the exchange: sent when the script was seen to use them, asked for otherwise. Only what differs at the
// end from what was sent goes back.
(function (core) {
const { stringify, hasOwn } = core.first, { input } = core;
const parts = { __proto__: null };
function part(name) {
if (parts[name] === undefined) {
if (!hasOwn(input.parts, name)) core.suspend("part", name);
parts[name] = { value: input.parts[name], before: undefined, set: false };
}
return parts[name];
}
function body() {
const found = part("body");
if (found.before === undefined) {
const { json, bytes } = found.value;
found.value = bytes === undefined ? json : core.section("bytes").decode(bytes);
found.before = bytes === undefined && typeof json === "object" ? stringify(json) : "";
}
return found;
}
function setBody(value) {
const found = hasOwn(input.parts, "body") ? body() : (parts.body ??= { before: "" });
found.value = value;
found.set = true;
}
function map(name) {
const found = part(name);
if (found.before === undefined) {
found.before = { __proto__: null };
for (const key of Object.keys(found.value)) found.before[key] = stringify(found.value[key]);
}
return found.value;
}
function changes({ value, before }) {
const changed = { __proto__: null }, removed = [];
for (const key of Object.keys(value)) {
if (value[key] === undefined) continue;
const after = core.section("bytes").wrap(value[key], `the value of ${key}`);
if (after.json === undefined || after.json !== before[key]) changed[key] = { ...after, before: before[key] };
}
for (const key in before) {
if (!hasOwn(value, key) || value[key] === undefined) removed[removed.length] = key;
}
return { changed, removed };
}
core.finishers.push((out) => {
for (const name of ["properties", "headers"]) {
if (parts[name]?.before !== undefined) out[name] = changes(parts[name]);
}
const found = parts.body;
if (found === undefined || (!found.set && !found.before)) return;
const after = core.section("bytes").wrap(found.value === undefined ? null : found.value, "the body");
if (found.set || after.json !== found.before) out.body = { ...after, before: found.before || undefined, set: found.set };
});

let request, fields;
function form() {
if (fields === undefined) {
const sent = part("form").value;
fields = sent.fields;
for (const [name, files] of Object.entries(sent.files)) {
const made = files.map((file) => ({ ...file, content: core.section("bytes").decode(file.content) }));
fields[name] = made.length === 1 ? made[0] : made;
}
}
return fields;
}
return {
body, setBody, map, form,
value: (name) => part(name).value,
request() {
if (request === undefined) {
request = part("request").value;
Object.defineProperty(request, "form", { get: form, enumerable: true });
Object.defineProperty(request, "body", { get: () => body().value, enumerable: true });
}
return request;
},
};
})
