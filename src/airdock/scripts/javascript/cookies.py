"""Cookies as header fields."""

from http.cookies import CookieError, Morsel, SimpleCookie

from airdock.errors import FlowError
from airdock.scripts.javascript.outcome import Cookie

_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


def cookie_header(cookie: Cookie) -> str:
    """The value of a `Set-Cookie` field. A value that is more than plain characters is quoted.

    Raises:
        FlowError: `response.invalid`, a name or an attribute that no cookie may have.
    """
    if any(";" in text or "," in text for text in (cookie.domain, cookie.path)):
        raise FlowError(
            "response.invalid", f"the cookie {cookie.name!r} has a path or a domain that no cookie may have"
        )
    morsel: Morsel[str] = Morsel()
    try:
        morsel.set(cookie.name, cookie.value, _quoted(cookie.value))
        for attribute, value in _attributes(cookie).items():
            morsel[attribute] = value
        return morsel.OutputString()
    except CookieError as error:
        raise FlowError("response.invalid", f"a cookie cannot be written: {error}") from error


def _quoted(value: str) -> str:
    return SimpleCookie().value_encode(value)[1]


def _attributes(cookie: Cookie) -> dict[str, str | int | bool]:
    attributes: dict[str, str | int | bool] = {}
    if cookie.domain:
        attributes["domain"] = cookie.domain
    if cookie.path:
        attributes["path"] = cookie.path
    if cookie.max_age is not None and cookie.max_age >= 0:
        attributes["max-age"] = cookie.max_age
    if cookie.secure:
        attributes["secure"] = True
    if cookie.http_only:
        attributes["httponly"] = True
    if cookie.same_site:
        attributes["samesite"] = _same_site(cookie)
    return attributes


def _same_site(cookie: Cookie) -> str:
    found = _SAME_SITE.get(cookie.same_site.lower())
    if found is None:
        raise FlowError("response.invalid", f"sameSite of the cookie {cookie.name!r} is not Strict, Lax or None")
    return found
