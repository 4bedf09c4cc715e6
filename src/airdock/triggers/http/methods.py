"""Which HTTP methods a route hands to its flow, and what `Allow` says."""

from collections.abc import Collection

ORDINARY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# TRACE would echo the caller's credentials, CONNECT asks for a tunnel: neither is for a flow.
REFUSED = frozenset({"TRACE", "CONNECT"})


def accepted(methods: Collection[str] | None) -> frozenset[str]:
    """The methods that go to the flow: those listed, HEAD where GET is, all ordinary ones where none is listed."""
    if methods is None:
        return frozenset(ORDINARY)
    return frozenset(methods) | ({"HEAD"} if "GET" in methods else frozenset())


def is_answered(method: str, methods: Collection[str] | None) -> bool:
    """Whether a flow answers a method. One that lists none answers methods of extensions (`PROPFIND`) too."""
    return method not in REFUSED if methods is None else method in accepted(methods)


def allow(methods: Collection[str] | None) -> str:
    """The `Allow` header of a route; OPTIONS is answered everywhere."""
    direct = accepted(methods) | {"OPTIONS"}
    known = [method for method in (*ORDINARY, "OPTIONS") if method in direct]
    return ", ".join(known + sorted(direct.difference(known)))
