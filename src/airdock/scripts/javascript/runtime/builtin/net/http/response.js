// What the caller gets, with the names of Dirigible's net/http/response. Its status constants come from the host.
const { response, section, emit } = host;
const set = exports.setHeader = (name, value) => { if (response.open) host.headers()[`${name}`.toLowerCase()] = `${value}`; };
const status = host.status = (value) => {
if (value >= 100 && value <= 599 && value % 1 === 0) return +value;
throw new TypeError(`${value} is not an HTTP status`);
};
exports.print = (text = "") => emit(`${text}`);
exports.println = (text = "") => emit(`${text}\n`);
exports.setContentType = (type) => set("content-type", type);
exports.setStatus = (value) => { if (response.open) response.status = status(value); };
exports.setCharacterEncoding = (charset) => {
if (!host.headers()["content-type"]?.toLowerCase().endsWith(`; charset=${charset}`.toLowerCase())) section("response").setCharacterEncoding(charset);
};
exports.flush = () => {};
exports.close = () => { response.open = false; };
for (const name of ["getContentType", "addHeader", "containsHeader", "addCookie", "sendError", "sendRedirect"]) exports[name] = (...args) => section("response")[name](...args);
