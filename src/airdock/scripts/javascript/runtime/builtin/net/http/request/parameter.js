(function ({ first: { hasOwn, isArray }, section }) {
return {
getParameter(name) {
const { query } = section("request");
if (hasOwn(query, name)) return query[name];
const form = section("form");
if (!hasOwn(form, name)) return null;
const value = isArray(form[name]) ? form[name][0] : form[name];
return typeof value === "string" ? value : value.filename;
},
};
})
