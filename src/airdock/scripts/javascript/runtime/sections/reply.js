// `exchange.response`.
(function ({ first, response, input, section }) {
const lower = (key) => (typeof key === "string" ? key.toLowerCase() : key);
const fields = () => new first.Proxy(section("headers")(), {
get: (target, key) => target[lower(key)],
set: (target, key, value) => { target[lower(key)] = value; return true; },
has: (target, key) => lower(key) in target,
deleteProperty: (target, key) => delete target[lower(key)],
getOwnPropertyDescriptor: (target, key) => Object.getOwnPropertyDescriptor(target, lower(key)),
defineProperty: (target, key, how) => Reflect.defineProperty(target, lower(key), how),
});
return {
get status() { return response.status ?? input.response?.status; },
set status(value) { response.status = value; },
get headers() { return fields(); },
write: section("emit"),
};
})
