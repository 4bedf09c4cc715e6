// What the host asks besides a run.
(function (core) {
const { stringify, getOwnPropertyDescriptor } = core.first;
function check(source) {
try {
const made = core.evaluate("(function (exports, require, module, __filename, __dirname) {" + source + "\n})");
if (typeof made === "function") return "";
return stringify({ name: "SyntaxError", message: "the module ends a block that it did not begin", stack: "" });
} catch (error) {
return stringify(core.section("failure")(error));
}
}
// Frees what the script made here, where other threads run meanwhile, and not when the context goes.
function wipe() {
for (const path in core.cache) core.cache[path] = undefined;
core.finishers.length = 0;
core.response.parts = undefined;
for (const name of Object.keys(globalThis)) {
if (getOwnPropertyDescriptor(globalThis, name).configurable) delete globalThis[name];
}
return "";
}
return function (operation, text) {
if (operation === "check") return check(text);
if (operation === "logs") return stringify({ logs: core.out.logs, dropped: core.out.dropped });
return wipe();
};
})
