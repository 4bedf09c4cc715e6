// The functions of net/http/response that fewer scripts use.
(function (core) {
const { response, headers } = core, TYPE = "content-type";
const set = (name, value) => { if (response.open) headers()[String(name).toLowerCase()] = String(value); };
function finish(status, text) {
if (!response.open) return;
response.status = core.status(status);
response.parts = undefined;
response.reset = true;
core.emit(text);
response.open = false;
}
return {
setCharacterEncoding(charset) {
const type = headers()[TYPE] ?? "text/plain";
const [, present] = /;\s*charset\s*=\s*"?([^";]*)"?/i.exec(type) ?? [];
if (present?.trim().toLowerCase() === String(charset).toLowerCase()) return;
set(TYPE, `${type.replace(/\s*;\s*charset\s*=\s*("[^"]*"|[^;]*)/i, "")}; charset=${charset}`);
},
getContentType: () => headers()[TYPE] ?? null,
addHeader(name, value) {
const key = String(name).toLowerCase(), present = headers()[key];
if (present === undefined) set(key, value);
else if (response.open) headers()[key] = (Array.isArray(present) ? present : [present]).concat(String(value));
},
containsHeader: (name) => Object.hasOwn(headers(), String(name).toLowerCase()),
addCookie(cookie) {
if (typeof cookie !== "object" || cookie === null) throw new TypeError("addCookie needs an object with name and value");
if (!response.open) return;
const { name, value, domain, path, maxAge, secure, httpOnly, sameSite } = cookie;
(response.cookies ??= []).push({
name: String(name), value: String(value ?? ""), domain: String(domain ?? ""), path: String(path ?? ""),
maxAge: maxAge === undefined || maxAge === null ? null : Math.trunc(Number(maxAge)) || 0,
secure: Boolean(secure), httpOnly: Boolean(httpOnly), sameSite: String(sameSite ?? ""),
});
},
sendError(status, message) {
if (response.open) delete headers()[TYPE];
finish(status, message ?? "");
},
sendRedirect(location) {
set("location", location);
finish(302, "");
},
};
})
