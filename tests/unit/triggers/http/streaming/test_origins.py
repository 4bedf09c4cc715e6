"""Which pages may open a WebSocket."""

import pytest

from airdock.errors import FlowError
from airdock.triggers.http import BufferedRequest
from airdock.triggers.http.streaming.origins import check_origin

LISTED = ["https://www.example.com"]


def request(*headers: tuple[str, str]) -> BufferedRequest:
    return BufferedRequest("GET", "/", headers=[("Host", "Shop.example:8080"), *headers])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Origin", "http://shop.example:8080")],
        [("Origin", "https://shop.example:8080")],
        [("Origin", "https://www.example.com")],
        # A proxy in front asks by another name; only the browser knows.
        [("Origin", "https://public.example"), ("Sec-Fetch-Site", "same-origin")],
    ],
)
def test_pages_that_may(headers: list[tuple[str, str]]) -> None:
    check_origin(request(*headers), LISTED)


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "null")],
        [("Origin", "")],
        [("Origin", "http://shop.example")],
        [("Origin", "http://shop.example:8080.evil.example")],
        [("Origin", "ftp://shop.example:8080")],
        [("Origin", "https://www.example.com.evil.example")],
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-site")],
        [("Origin", "http://shop.example:8080"), ("Origin", "https://evil.example")],
    ],
)
def test_pages_that_may_not(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(FlowError) as refused:
        check_origin(request(*headers), LISTED)
    assert (refused.value.code, refused.value.status) == ("request.origin", 403)
