(function ({ first: { hasOwn }, section }) {
const properties = () => section("map")("properties");
function set(name, value) { properties()[name] = value; }
return {
get: (name) => (hasOwn(properties(), name) ? properties()[name] : null),
set,
put: set,
};
})
