// What the caller sent, with the names of Dirigible's net/http/request.
const attributes = Object.create(null);
const request = () => host.section("parts").request();
const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);
function all() {
const found = Object.create(null);
for (const [name, values] of Object.entries(request().queryAll)) found[name] = [...values];
for (const [name, value] of Object.entries(host.section("parts").form())) {
const values = (Array.isArray(value) ? value : [value]).map((each) => (typeof each === "string" ? each : each.filename));
found[name] = [...(found[name] ?? []), ...values];
}
return found;
}
exports.getMethod = () => request().method;
exports.getParameter = function (name) {
const value = own(request().query, name);
if (value !== undefined) return value;
const field = own(host.section("parts").form(), name);
if (field === undefined) return null;
const first = Array.isArray(field) ? field[0] : field;
return typeof first === "string" ? first : first.filename;
};
exports.getParameterNames = () => Object.keys(all());
exports.getParameters = () => ({ ...all() });
exports.getAttribute = (name) => attributes[name] ?? null;
exports.setAttribute = function (name, value) { attributes[name] = value; };
exports.getHeader = (name) => own(request().headers, String(name).toLowerCase()) ?? null;
exports.getHeaderNames = () => Object.keys(request().headers);
exports.getCookies = () => Object.entries(request().cookies).map(([name, value]) => (
{ name, value, maxAge: -1, path: "", domain: "", secure: false }));
exports.isUserInRole = function (role) {
const user = request().user;
return user !== null && user.roles.includes(role);
};
exports.getInfo = function () {
const { method, path, info, remote } = request();
return { method, pathInfo: path, path, remoteHost: remote, ...info };
};
exports.readInputText = () => host.section("parts").value("input");
