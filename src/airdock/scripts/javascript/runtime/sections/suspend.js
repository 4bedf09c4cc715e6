// The script is left: the host answers, and runs it again from its start.
(function (core) {
return function (kind, detail) {
core.suspended ??= { kind, detail };
throw core.left;
};
})
