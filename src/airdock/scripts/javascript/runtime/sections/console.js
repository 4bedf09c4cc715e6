// `console`, and `exchange.log`: lines are gathered, in bounds, for the host's log.
(function (core) {
const limits = core.input.limits;
let size = 0;
const { out } = core;
out.logs = [];
out.dropped = 0;
function shown(value) {
if (typeof value === "string") return value;
if (value instanceof core.first.Error) return `${value.name}: ${value.message}`;
if (typeof value === "function") return `[function ${value.name}]`;
if (typeof value !== "object" || value === null) return String(value);
try {
return core.first.stringify(value) ?? "[object]";
} catch {
return "[object]";
}
}
function writer(level) {
return function (...values) {
let text = "";
for (let index = 0; index < values.length; index++) text += (index ? " " : "") + shown(values[index]);
if (text.length > limits.line) text = text.substring(0, limits.line) + "\u2026";
size += text.length;
if (out.logs.length >= limits.lines || size > limits.log) out.dropped++;
else out.logs[out.logs.length] = [level, text];
};
}
const info = writer("info"), warning = writer("warning"), debug = writer("debug");
const console = { debug, trace: debug, log: info, info, warn: warning, warning, error: writer("error") };
core.put(globalThis, "console", console);
return console;
})
