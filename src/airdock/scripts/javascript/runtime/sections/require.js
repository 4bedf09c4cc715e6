// The path of a required module: the project and file, or relative to the module that requires it.
(function (core) {
function refuse(message) {
return Object.assign(new core.first.Error(message), { code: "script.module" });
}
return function (name, from) {
if (typeof name !== "string" || name === "") throw new TypeError("require needs the path of a module");
const steps = name[0] === "." ? from.split("/") : [];
steps.pop();
for (const step of name.split("/")) {
if (step === "" || step === ".") continue;
if (step !== "..") steps.push(step);
else if (steps.pop() === undefined) throw refuse(`the module ${JSON.stringify(name)} leaves the registry`);
}
const path = steps.join("/");
for (const suffix of ["", ".js", ".json"]) {
if (Object.hasOwn(core.modules, path + suffix)) return path + suffix;
}
if (core.input.absent.includes(path)) throw refuse(`there is no module ${JSON.stringify(name)}`);
return core.section("suspend")("module", { name, path });
};
})
