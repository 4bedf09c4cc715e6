// Evaluated first in the fresh context of every run. Parsing is most of what a small script costs (a tenth of a
// microsecond per token), so this is short and everything else waits in `sections` until something needs it. Its value
// is the only door between host and script: a function that is told to "start", is pumped, and is asked to "finish".
// Nothing of this closure is reachable from a script, and all of it must hold although the script may have changed
// every global since.
(function () {
const { parse, stringify } = JSON, { apply } = Reflect, { defineProperty, defineProperties, getOwnPropertyDescriptor, hasOwn } = Object;
const { indexOf, substring } = String.prototype, { has, add } = WeakSet.prototype, evaluate = eval;
const put = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });

// The host turns an error that escapes into text, with no limit on its time: what that reads must not be the script's.
const { get, set } = getOwnPropertyDescriptor(Error.prototype, "stack");
const closed = { stack: { get, set }, toString: { value: Error.prototype.toString }, [Symbol.toPrimitive]: {} };
defineProperty(Error, "prepareStackTrace", { set() {} });
defineProperties(InternalError.prototype, closed);
defineProperties(RangeError.prototype, closed);
Object.freeze(InternalError.prototype);
// What a FinalizationRegistry calls back would escape too.
delete globalThis.FinalizationRegistry;
delete globalThis.SharedArrayBuffer;
delete globalThis.Atomics;

const response = { open: true }, out = { response }, cache = { __proto__: null }, loaded = { __proto__: null }, finishers = [];
let texts, starts;
const core = {
first: { apply, getOwnPropertyDescriptor, hasOwn, stringify, parse, Promise, Proxy, Error, WeakSet, has, add,
then: Promise.prototype.then, isArray: Array.isArray, isView: ArrayBuffer.isView },
put, response, out, cache, finishers, section, evaluate, load, fail, left: {}, failed: false,
};
// Evaluated with `core`, once.
function section(name) {
if (loaded[name] === undefined) {
if (typeof starts === "string") starts = parse(starts);
const from = starts[name];
loaded[name] = evaluate(apply(substring, texts, [from, apply(indexOf, texts, ["\0", from])]))(core);
}
return loaded[name];
}
for (const name of ["console", "queueMicrotask", "Proxy"]) {
defineProperty(globalThis, name, { get: () => section(name), set(value) { put(globalThis, name, value); }, configurable: true });
}
// Built-in functions that run for years on a list that claims to be long, without a look at the clock.
function guard(target, names) {
for (const name of names.split(" ")) {
const native = target[name];
target[name] = function (...args) { return section("guards")(native, name, this, args); };
}
}
guard(Array.prototype, "concat copyWithin fill flat flatMap join lastIndexOf reverse shift slice sort splice toLocaleString toReversed toSorted toSpliced unshift with");
guard(JSON, "stringify");
guard(Iterator.prototype, "drop");
guard(String.prototype, "includes indexOf lastIndexOf replace replaceAll split");

// What was thrown is looked at when the host has allowed for more memory, as there may be none left now.
function fail(error) {
core.failed = true;
core.thrown = error;
}
function load(path) {
if (cache[path] !== undefined) return cache[path];
const { source, line, folder, functions, exports = {} } = core.modules[path], module = cache[path] = { exports, id: path, filename: path, loaded: false };
const require = (name) => load(hasOwn(core.modules, name) && core.modules[name].functions ? name : section("require")(name, path)).exports;
try {
if (functions) section("builtin")(exports, path, functions);
else if (line === undefined) module.exports = parse(source);
else apply(evaluate("\n".repeat(line) + "0,function(exports,require,module,__filename,__dirname){" + source + "\n}"), exports, [exports, require, module, path, folder]);
} catch (error) {
cache[path] = undefined;
throw error;
}
module.loaded = true;
return module;
}
function finish() {
try {
if (!core.failed && core.suspended === undefined) {
for (let index = 0; index < finishers.length; index++) finishers[index](out);
return stringify(out);
}
} catch (error) {
fail(error);
}
return section("ending")();
}
return function (operation, modules, input, sections, places) {
try {
if (operation === "finish") return finish();
texts ??= sections;
starts ??= places;
if (operation !== "start") return section("host")(operation, modules);
core.modules = parse(modules);
const { entry, now, function: name } = core.input = parse(input);
try {
if (now !== undefined) section("fixed");
const { exports } = load(entry);
if (typeof exports === "function" || exports?.[name] !== undefined || name !== "service") section("service")(exports);
} catch (error) {
if (error !== core.left) fail(error);
}
return "";
} catch {
// What was thrown may be the script's own object, which must not reach the host.
return '{"error":{"name":"","message":"the script changed built-in objects so that its outcome cannot be told","stack":""}}';
}
};
})
