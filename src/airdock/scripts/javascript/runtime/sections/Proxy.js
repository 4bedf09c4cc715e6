// The global Proxy.
(function ({ first, section, put }) {
const proxies = section("proxies"), { revocable } = first.Proxy;
function Proxy(target, handler) {
if (new.target === undefined) throw new TypeError("Proxy must be called with new");
return proxies.add(new first.Proxy(target, handler));
}
put(Proxy, "revocable", (target, handler) => {
const made = first.apply(revocable, first.Proxy, [target, handler]);
proxies.add(made.proxy);
return made;
});
put(globalThis, "Proxy", Proxy);
return Proxy;
})
