// Bytes travel as base64.
(function ({ first }) {
const { fromBase64 } = Uint8Array, { toBase64 } = Uint8Array.prototype;
const view = (value) => (value instanceof Uint8Array ? value : value instanceof ArrayBuffer ? new Uint8Array(value) : undefined);
function encode(value) {
const bytes = view(value);
return bytes === undefined ? undefined : { bytes: first.apply(toBase64, bytes, []) };
}
return {
decode: (text) => first.apply(fromBase64, Uint8Array, [text]),
encode,
part: (value) => encode(value) ?? String(value),
};
})
