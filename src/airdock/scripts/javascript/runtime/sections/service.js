// Calls the function that a module exports, with the exchange.
(function ({ first: { apply }, input, section, finishers, fail }) {
const exchange = {
get body() { return section("body").get(); },
set body(value) { section("body").set(value); },
get headers() { return section("map")("headers"); },
get properties() { return section("map")("properties"); },
get request() { return section("request"); },
get run() { return section("part")("run"); },
get log() { return section("console"); },
get response() { return section("reply"); },
};
let result;
finishers[finishers.length] = (out) => {
if (result !== undefined && result !== null) out.result = section("wrap")(result, "the result");
};
return function (exports) {
const name = input.function;
let service = exports?.[name];
if (service === undefined && typeof exports === "function" && name === "service") service = exports;
if (typeof service !== "function") return fail(section("missing")(exports));
result = apply(service, exports, [exchange]);
if (typeof result !== "object" || result === null || typeof result.then !== "function") return;
const promise = result;
result = undefined;
section("settled")(promise, (value) => { result = value; });
};
})
