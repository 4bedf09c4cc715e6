(function ({ response, section }) {
function setHeader(name, value) {
if (response.open) section("headers")()[`${name}`.toLowerCase()] = `${value}`;
}
return {
setHeader,
setContentType: (type) => setHeader("content-type", type),
setStatus(value) {
if (response.open) response.status = section("status")(value);
},
flush() {},
close() { response.open = false; },
};
})
