// The engine looks at the clock between steps of a script, but not inside some built-in functions: on a list that
// claims to be billions long, or on two long texts, one call would run for years.
(function ({ first, section }) {
const { apply, getOwnPropertyDescriptor, hasOwn, isArray, isView } = first;
const LONGEST = 10000000, MOST_COMPARISONS = 20000000000;
const isProxy = section("proxies").has;

function short(list) {
if ((typeof list !== "object" && typeof list !== "function") || list === null) return;
const length = isProxy(list) ? {} : getOwnPropertyDescriptor(list, "length");
if (length === undefined && isView(list)) return;
// A length that is computed could be another one when the function asks again.
if (length === undefined || !hasOwn(length, "value")) throw new TypeError("this function needs a plain array");
if (typeof length.value !== "number" || length.value > LONGEST) throw new RangeError("the list is too long for this function");
}
function flatten(list, depth, out) {
short(list);
for (let index = 0; index < list.length; index++) {
if (!(index in list)) continue;
const item = list[index];
if (depth >= 1 && isArray(item)) flatten(item, depth - 1, out);
else out[out.length] = item;
}
return out;
}
function flatMap(list, callback, self) {
if (typeof callback !== "function") throw new TypeError("flatMap needs a function");
const made = [];
for (let index = 0; index < list.length; index++) {
if (index in list) made[made.length] = apply(callback, self, [list[index], index, list]);
}
return flatten(made, 1, []);
}
function concat(native, list, args) {
for (let index = 0; index < args.length; index++) {
const item = args[index];
if (isArray(item)) short(item);
else if (typeof item === "object" && item !== null) args[index] = [item];
}
return apply(native, list, args);
}
function* drop(iterator, count) {
for (const item of { [Symbol.iterator]: () => iterator }) {
if (count > 0) count--;
else yield item;
}
}
const SYMBOLS = { split: Symbol.split, replace: Symbol.replace, replaceAll: Symbol.replace };
function search(native, name, self, args) {
const pattern = args[0];
if (self === undefined || self === null) return apply(native, self, args);
if (typeof pattern === "object" && pattern !== null) {
const symbol = SYMBOLS[name];
// A regular expression's own methods look at the clock.
if (symbol === undefined ? pattern instanceof RegExp : name === "replaceAll" && pattern instanceof RegExp) return apply(native, self, args);
const method = symbol === undefined ? undefined : pattern[symbol];
if (method !== undefined && method !== null) return apply(method, pattern, [self, args[1]]);
}
const text = `${self}`;
if (pattern !== undefined) {
args[0] = `${pattern}`;
if (text.length * args[0].length > MOST_COMPARISONS) throw new RangeError("the text is too long to be searched for this one");
}
return apply(native, text, args);
}
return function (native, name, self, args) {
if (name in SYMBOLS || name === "includes" || name === "indexOf" || (name === "lastIndexOf" && typeof self === "string")) {
return search(native, name, self, args);
}
if (name === "stringify") {
if (isArray(args[1])) short(args[1]);
return apply(native, JSON, args);
}
if (name === "drop") {
apply(native, self, args);
return drop(self, args[0]);
}
short(self);
if (name === "lastIndexOf" && !isArray(self) && typeof self === "object" && self instanceof String) return search(native, name, self, args);
if (name === "flat") return flatten(self, args[0] === undefined ? 1 : +args[0] || 0, []);
if (name === "flatMap") return flatMap(self, args[0], args[1]);
if (name === "concat") return concat(native, self, args);
return apply(native, self, args);
};
})
