// The header fields of the answer.
(function ({ response, input }) {
return () => response.headers ??= { __proto__: null, ...input.response?.headers };
})
