// The error of a module that does not export the step's function.
(function ({ first, input }) {
return (exports) => Object.assign(new first.Error(`the module exports no function ${first.stringify(input.function)}`), { exported: Object.keys(exports ?? {}) });
})
