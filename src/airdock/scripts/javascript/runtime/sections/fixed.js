// A script that calls the host is run several times, and must see the same clock and the same chance each time.
(function (core) {
const { now, seed } = core.input, NativeDate = Date;
const Fixed = new core.first.Proxy(NativeDate, {
construct: (target, args, as) => Reflect.construct(target, args.length ? args : [now], as === Fixed ? target : as),
apply: () => new NativeDate(now).toString(),
});
NativeDate.now = () => now;
core.put(NativeDate.prototype, "constructor", Fixed);
core.put(globalThis, "Date", Fixed);
core.put(globalThis, "performance", { now: () => 0, timeOrigin: now });
let state = seed >>> 0;
Math.random = function random() {
state = (state + 0x6d2b79f5) | 0;
let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
return true;
})
