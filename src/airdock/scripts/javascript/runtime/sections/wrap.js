// A value that leaves the script.
(function ({ first, section }) {
function refuse(message) {
throw Object.assign(new first.Error(message), { code: "script.result" });
}
return function (value, what) {
const bytes = typeof value === "object" ? section("bytes").encode(value) : undefined;
if (bytes !== undefined) return bytes;
let json;
try {
json = first.stringify(value);
} catch (error) {
if (error instanceof TypeError) refuse(`${what} cannot be written as JSON: ${error.message}`);
throw error;
}
if (json === undefined) refuse(`${what} is a ${typeof value}, which JSON cannot hold`);
return { json };
};
})
