(function ({ response, section }) {
function finish(status, text) {
if (!response.open) return;
response.status = section("status")(status);
response.parts = undefined;
response.reset = true;
section("emit")(text);
response.open = false;
}
return {
sendError(status, message) {
if (response.open) delete section("headers")()["content-type"];
finish(status, message ?? "");
},
sendRedirect(location) {
if (response.open) section("headers")().location = String(location);
finish(302, "");
},
};
})
