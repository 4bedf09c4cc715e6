"""Which pages may open a WebSocket: a browser lets every page try, and sends along what it knows of the user."""

from collections.abc import Collection

from airdock.errors import FlowError
from airdock.triggers.http.request import HttpRequest


def check_origin(request: HttpRequest, origins: Collection[str]) -> None:
    """Lets pass what no page asks, pages of the server's own address, and those of sites that are listed.

    Raises:
        FlowError: `request.origin`.
    """
    found = request.take_all("origin")
    if not found:
        return
    if len(found) == 1 and (request.take_header("sec-fetch-site") == "same-origin" or _is_own(found[0], request)):
        return
    if len(found) != 1 or found[0].lower() not in {each.lower() for each in origins}:
        raise FlowError("request.origin", "A page of another site asked. The flow's `origins` list those that may.")


def _is_own(origin: str, request: HttpRequest) -> bool:
    scheme, _, host = origin.lower().partition("://")
    return scheme in ("http", "https") and host == (request.take_header("host") or "").lower()
