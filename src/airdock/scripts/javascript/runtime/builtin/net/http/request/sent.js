(function ({ first: { hasOwn }, section }) {
return {
getMethod: () => section("request").method,
getHeader(name) {
const { headers } = section("request"), key = String(name).toLowerCase();
return hasOwn(headers, key) ? headers[key] : null;
},
getHeaderNames: () => Object.keys(section("request").headers),
readInputText: () => section("part")("input"),
};
})
