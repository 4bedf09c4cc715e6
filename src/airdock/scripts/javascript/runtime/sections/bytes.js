// Bytes travel as base64.
(function ({ first }) {
const { fromBase64 } = Uint8Array, { toBase64 } = Uint8Array.prototype;
const encode = (bytes) => first.apply(toBase64, bytes, []);
const view = (value) => (value instanceof Uint8Array ? value : value instanceof ArrayBuffer ? new Uint8Array(value) : undefined);
function refuse(message) {
return Object.assign(new first.Error(message), { code: "script.result" });
}
return {
decode: (text) => first.apply(fromBase64, Uint8Array, [text]),
part(value) {
const bytes = view(value);
return bytes === undefined ? String(value) : { bytes: encode(bytes) };
},
// A value that leaves the script.
wrap(value, what) {
const bytes = view(value);
if (bytes !== undefined) return { bytes: encode(bytes) };
let json;
try {
json = first.stringify(value);
} catch (error) {
if (error instanceof TypeError) throw refuse(`${what} cannot be written as JSON: ${error.message}`);
throw error;
}
if (json === undefined) throw refuse(`${what} is a ${typeof value}, which JSON cannot hold`);
return { json };
},
};
})
