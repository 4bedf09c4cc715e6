// A status that a script sets.
(function () {
return function (value) {
if (value >= 100 && value <= 599 && value % 1 === 0) return +value;
throw new TypeError(`${value} is not an HTTP status`);
};
})
