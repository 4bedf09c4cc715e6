// Headers and properties. What was changed in them goes back.
(function ({ first: { hasOwn, stringify }, section, finishers }) {
const maps = { __proto__: null };
function changes({ value, before }) {
const changed = { __proto__: null }, removed = [];
for (const key of Object.keys(value)) {
if (value[key] === undefined) continue;
const after = section("wrap")(value[key], `the value of ${key}`);
if (after.json === undefined || after.json !== before[key]) changed[key] = { ...after, before: before[key] };
}
for (const key in before) {
if (!hasOwn(value, key) || value[key] === undefined) removed[removed.length] = key;
}
return { changed, removed };
}
finishers[finishers.length] = (out) => {
for (const name in maps) out[name] = changes(maps[name]);
};
return function (name) {
if (maps[name] === undefined) {
const value = section("part")(name), before = { __proto__: null };
for (const key of Object.keys(value)) before[key] = stringify(value[key]);
maps[name] = { value, before };
}
return maps[name].value;
};
})
