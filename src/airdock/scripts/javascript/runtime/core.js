// Evaluated first in the fresh context of every run; parsing it is most of what a small script costs, so it is short and
// the rest waits in `sections` until something needs it. Its value is the only door between host and script: a function
// that is told to "start", is pumped, and is asked to "finish". Nothing of this closure is reachable from a script, and
// all of it must hold although the script may have changed every global since.
(function () {
"use strict";
const { parse, stringify } = JSON, { apply } = Reflect, { defineProperty, getOwnPropertyDescriptor, hasOwn } = Object;
const evaluate = eval, first = { apply, getOwnPropertyDescriptor, hasOwn, stringify, parse, Promise, Proxy, Error, WeakSet,
then: Promise.prototype.then, isArray: Array.isArray, isView: ArrayBuffer.isView, has: WeakSet.prototype.has, add: WeakSet.prototype.add };
const put = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });

// The host turns an error that escapes into text, with no limit on its time: what that reads must not be the script's.
const { get, set } = getOwnPropertyDescriptor(Error.prototype, "stack");
defineProperty(Error, "prepareStackTrace", { get() {}, set() {}, configurable: false });
for (const prototype of [InternalError.prototype, RangeError.prototype]) {
defineProperty(prototype, "stack", { get, set });
defineProperty(prototype, "toString", { value: Error.prototype.toString });
defineProperty(prototype, Symbol.toPrimitive, { value: undefined });
}
Object.freeze(InternalError.prototype);
// What a FinalizationRegistry calls back would escape too.
for (const name of ["FinalizationRegistry", "SharedArrayBuffer", "Atomics"]) delete globalThis[name];
for (const name of ["console", "queueMicrotask", "Proxy"]) {
defineProperty(globalThis, name, { get: () => section(name), set(value) { put(globalThis, name, value); }, configurable: true });
}
// Built-in functions that run for years on a list that claims to be long, without a look at the clock.
const guard = (target, names) => {
for (const name of names.split(" ")) {
const native = target[name];
put(target, name, function (...args) { return section("guards").call(native, name, this, args); });
}
};
guard(Array.prototype, "concat copyWithin fill flat flatMap join lastIndexOf reverse shift slice sort splice toLocaleString toReversed toSorted toSpliced unshift with");
guard(JSON, "stringify");
guard(Iterator.prototype, "drop");
guard(String.prototype, "includes indexOf lastIndexOf replace replaceAll split");

const LEFT = {}, response = { open: true }, cache = { __proto__: null }, loaded = { __proto__: null };
let input, modules, texts, suspended, failed = false, thrown;

function section(name) {
if (loaded[name] === undefined) {
if (typeof texts === "string") texts = parse(texts);
loaded[name] = evaluate('"use strict";' + texts[name])(core);
}
return loaded[name];
}
const core = {
first, put, response, section, evaluate, cache, finishers: [],
get input() { return input; },
get modules() { return modules; },
load,
// What was thrown is looked at when the host has allowed for more memory, as there may be none left now.
fail(error) {
failed = true;
thrown = error;
},
// The script is left: the host answers, and runs it again from its start.
suspend(kind, detail) {
suspended ??= { kind, detail };
throw LEFT;
},
headers() { return response.headers ??= { __proto__: null, ...input.response?.headers }; },
emit(value) {
if (response.open) (response.parts ??= [])[response.parts.length] = typeof value === "object" ? section("bytes").part(value) : `${value}`;
},
};

function load(path) {
if (cache[path] !== undefined) return cache[path];
const { source, line, folder, host, exports = {} } = modules[path], module = { exports, id: path, filename: path, loaded: false };
if (line === undefined && !host) module.exports = parse(source);
cache[path] = module;
if (line !== undefined || host) {
const made = evaluate("\n".repeat(line) + (host ? "(function(exports,require,module,host){" : "(function(exports,require,module,__filename,__dirname){") + source + "\n})");
try {
const require = (name) => {
if (hasOwn(modules, name) && modules[name].host) return load(name).exports;
return load(section("require")(name, path)).exports;
};
apply(made, module.exports, [module.exports, require, module, host ? core : path, folder]);
} catch (error) {
cache[path] = undefined;
throw error;
}
}
module.loaded = true;
return module;
}
function start() {
if (input.now !== undefined) section("fixed");
const exports = load(input.entry).exports;
if (typeof exports === "function" || exports?.[input.function] !== undefined || input.function !== "service") section("service")(exports);
}
function outcome() {
const { status, headers, parts, reset, cookies } = response;
const out = { logs: core.logs, dropped: core.dropped, response: { status, headers, parts, reset, cookies } };
for (let index = 0; index < core.finishers.length; index++) core.finishers[index](out);
return stringify(out);
}
function finish() {
let text;
try {
if (!failed && suspended === undefined) text = outcome();
} catch (error) {
core.fail(error);
}
if (suspended !== undefined) return stringify({ suspended });
return failed ? stringify({ logs: core.logs, dropped: core.dropped, error: section("failure")(thrown) }) : text;
}
return function (operation, given, second, third) {
try {
if (operation === "finish") return finish();
texts ??= third;
if (operation !== "start") return section("host")(operation, given);
modules = parse(given);
input = parse(second);
try {
start();
} catch (error) {
if (error !== LEFT) core.fail(error);
}
return "";
} catch {
// What was thrown may be the script's own object, which must not reach the host.
return '{"error":{"name":"","message":"the script changed built-in objects so that its outcome cannot be told","stack":""}}';
}
};
})()
