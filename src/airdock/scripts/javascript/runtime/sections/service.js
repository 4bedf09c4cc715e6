// Calls the function that a module exports, with the exchange.
(function (core) {
const { response, headers, emit, input } = core, { apply, then, stringify } = core.first;
const NativeProxy = core.first.Proxy;
const parts = () => core.section("parts");
const lower = (key) => (typeof key === "string" ? key.toLowerCase() : key);
const fields = () => new NativeProxy(headers(), {
get: (target, key) => target[lower(key)],
set: (target, key, value) => { target[lower(key)] = value; return true; },
has: (target, key) => lower(key) in target,
deleteProperty: (target, key) => delete target[lower(key)],
getOwnPropertyDescriptor: (target, key) => Object.getOwnPropertyDescriptor(target, lower(key)),
defineProperty: (target, key, how) => Reflect.defineProperty(target, lower(key), how),
});
const exchange = {
get body() { return parts().body().value; },
set body(value) { parts().setBody(value); },
get headers() { return parts().map("headers"); },
get properties() { return parts().map("properties"); },
get request() { return parts().request(); },
get run() { return parts().value("run"); },
get log() { return core.section("console"); },
response: {
get status() { return response.status ?? input.response?.status; },
set status(value) { response.status = value; },
get headers() { return fields(); },
write: emit,
},
};
let result, settled = true;
core.finishers.push((out) => {
if (!settled) throw new core.first.Error("the promise that the script returned never settles");
if (result !== undefined && result !== null) out.result = core.section("bytes").wrap(result, "the result");
});
return function (exports) {
let service = exports?.[input.function];
if (service === undefined && typeof exports === "function" && input.function === "service") service = exports;
if (typeof service !== "function") {
core.fail(Object.assign(new core.first.Error(`the module exports no function ${stringify(input.function)}`), { exported: Object.keys(exports ?? {}) }));
return;
}
const value = apply(service, exports, [exchange]);
if (typeof value !== "object" || value === null || typeof value.then !== "function") {
result = value;
return;
}
settled = false;
apply(then, new core.first.Promise((done) => done(value)), [
(value) => { settled = true; result = value; },
(error) => { settled = true; core.fail(error); },
]);
};
})
