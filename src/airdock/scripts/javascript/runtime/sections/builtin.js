// The functions of a built-in module: each is parsed, with those that stand in its file, when it is first called.
(function ({ first, section }) {
return function (exports, path, functions) {
for (const part in functions) {
const file = `${path}/${part}`, names = functions[part];
for (let index = 0; index < names.length; index++) {
const name = names[index];
exports[name] = (...args) => first.apply(section(file)[name], undefined, args);
}
}
};
})
