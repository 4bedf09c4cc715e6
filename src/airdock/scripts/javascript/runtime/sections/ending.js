// What the host is told of a run that was left, or that failed.
(function (core) {
const { stringify } = core.first, { logs, dropped } = core.out;
return function () {
if (core.suspended !== undefined) return stringify({ suspended: core.suspended });
return stringify({ logs, dropped, error: core.section("failure")(core.thrown) });
};
})
