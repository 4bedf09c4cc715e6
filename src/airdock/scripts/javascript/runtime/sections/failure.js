// An error that a script threw, as plain texts of bounded size, whatever the script made of its properties.
(function () {
return function (error) {
const out = { name: "", message: "", stack: "" };
try {
if (typeof error === "object" && error !== null) {
const { name, message, stack, code, status } = error;
out.name = name === undefined ? "" : String(name).substring(0, 200);
out.message = message === undefined ? "an object was thrown that is no error" : String(message);
out.stack = typeof stack === "string" ? stack.substring(0, 4000) : "";
if (typeof code === "string") out.code = code.substring(0, 200);
if (Number.isInteger(status)) out.status = status;
if (Array.isArray(error.exported)) out.exported = error.exported.map(String);
} else if (error === null) {
// The engine throws null when there is no memory left for an error.
out.name = "InternalError";
out.message = "out of memory, or null was thrown";
} else {
out.message = `${typeof error === "symbol" ? "a symbol" : error} was thrown`;
}
} catch {
out.message = "an error was thrown that cannot be shown";
}
out.message = out.message.substring(0, 2000);
return out;
};
})
