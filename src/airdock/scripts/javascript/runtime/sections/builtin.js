// The functions of a built-in module: each is parsed, with those that stand in its file, when it is first called.
(function ({ first, section }) {
return function (exports, functions) {
for (const name of Object.keys(functions)) {
exports[name] = (...args) => first.apply(section(functions[name])[name], undefined, args);
}
};
})
