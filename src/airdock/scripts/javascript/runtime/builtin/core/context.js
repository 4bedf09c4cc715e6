// The exchange's properties.
exports.get = function (name) {
const properties = host.section("parts").map("properties");
return Object.hasOwn(properties, name) ? properties[name] : null;
};
exports.set = exports.put = function (name, value) { host.section("parts").map("properties")[name] = value; };
