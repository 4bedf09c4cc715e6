(function ({ response, section }) {
const headers = section("headers"), TYPE = "content-type";
return {
setCharacterEncoding(charset) {
if (!response.open) return;
const type = headers()[TYPE] ?? "text/plain";
const [, present] = /;\s*charset\s*=\s*"?([^";]*)"?/i.exec(type) ?? [];
if (present?.trim().toLowerCase() === String(charset).toLowerCase()) return;
headers()[TYPE] = `${type.replace(/\s*;\s*charset\s*=\s*("[^"]*"|[^;]*)/i, "")}; charset=${charset}`;
},
getContentType: () => headers()[TYPE] ?? null,
addHeader(name, value) {
if (!response.open) return;
const key = String(name).toLowerCase(), present = headers()[key];
headers()[key] = present === undefined ? String(value) : (Array.isArray(present) ? present : [present]).concat(String(value));
},
containsHeader: (name) => Object.hasOwn(headers(), String(name).toLowerCase()),
};
})
