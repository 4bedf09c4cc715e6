(function ({ response }) {
return {
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
};
})
