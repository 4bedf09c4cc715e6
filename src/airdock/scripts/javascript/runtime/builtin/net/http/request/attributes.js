(function () {
const attributes = Object.create(null);
return {
getAttribute: (name) => attributes[name] ?? null,
setAttribute(name, value) { attributes[name] = value; },
};
})
