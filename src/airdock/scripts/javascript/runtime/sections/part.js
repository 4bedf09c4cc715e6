// A part of the exchange: sent when the script was seen to use it, asked for otherwise.
(function ({ first, input, section }) {
const parts = { __proto__: null };
return function (name) {
if (parts[name] === undefined) {
if (!first.hasOwn(input.parts, name)) section("suspend")("part", name);
parts[name] = input.parts[name];
}
return parts[name];
};
})
