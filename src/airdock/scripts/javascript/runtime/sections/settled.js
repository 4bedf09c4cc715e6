// A promise that a script returned: its value is the script's result.
(function ({ first: { apply, then, Promise, Error }, finishers, fail }) {
return function (promise, take) {
let settled = false;
finishers[finishers.length] = () => {
if (!settled) throw new Error("the promise that the script returned never settles");
};
apply(then, new Promise((done) => done(promise)), [
(value) => { settled = true; take(value); },
(error) => { settled = true; fail(error); },
]);
};
})
