// Every proxy that a script makes is remembered: only so can one be told from a list.
(function ({ first }) {
const proxies = new first.WeakSet();
return {
add(proxy) { first.apply(first.add, proxies, [proxy]); return proxy; },
has: (value) => first.apply(first.has, proxies, [value]),
};
})
