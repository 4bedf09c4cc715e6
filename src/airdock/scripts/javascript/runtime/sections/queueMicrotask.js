// The engine's own would let an error of the callback escape.
(function ({ first, put }) {
function queueMicrotask(callback) {
if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function");
first.apply(first.then, new first.Promise((done) => done()), [() => { callback(); }]);
}
put(globalThis, "queueMicrotask", queueMicrotask);
return queueMicrotask;
})
