(function ({ section }) {
return {
getCookies: () => Object.entries(section("request").cookies).map(([name, value]) => (
{ name, value, maxAge: -1, path: "", domain: "", secure: false })),
isUserInRole(role) {
const { user } = section("request");
return user !== null && user.roles.includes(role);
},
getInfo() {
const { method, path, remote } = section("request");
return { method, pathInfo: path, path, remoteHost: remote, ...section("part")("info") };
},
};
})
