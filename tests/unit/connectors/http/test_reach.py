import pytest

from airdock.connectors.http.reach import Reach, joined, read_address
from airdock.errors import FlowError


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://Api.Example.com", "https://api.example.com/"),
        ("HTTPS://api.example.com:443/a?b=c#d", "https://api.example.com/a?b=c"),
        ("http://api.example.com.:8080/", "http://api.example.com:8080/"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("https://a.example/ä?ö=ü", "https://a.example/%C3%A4?%C3%B6=%C3%BC"),
        ("https://a.example/%2e/x", "https://a.example/%2e/x"),
    ],
)
def test_an_address_is_read(url: str, read: str) -> None:
    assert read_address(url).url == read


@pytest.mark.parametrize(
    "url",
    [
        "", "api.example.com", "//api.example.com", "ftp://a.example/", "file:///etc/passwd", "https://", "https:///x",
        "https://user@a.example/", "https://a.example@b.example/", "https://a.example\\@b.example/",
        "https://a.example\\b", "https://a b.example/", "https://a.example/a b", "https://a.example/\r\nx: y",
        "https://a.example:x/", "https://a.example:99999/", "https://exämple.com/", "https://a.example:443:80/",
        "https://-a.example/", "https://a%2eexample/",
    ],
)  # fmt: skip
def test_what_two_could_read_in_two_ways_is_no_address(url: str) -> None:
    with pytest.raises(FlowError) as caught:
        read_address(url)
    assert caught.value.code == "connector.http.address"


def test_a_redirect_is_read_against_what_sent_it() -> None:
    base = "https://a.example/x/y?z=1"
    assert [joined(base, to).url for to in ("w", "/w", "?v", "//b.example/w", "https://b.example")] == [
        "https://a.example/x/w",
        "https://a.example/w",
        "https://a.example/x/y?v",
        "https://b.example/w",
        "https://b.example/",
    ]
    for bad in ("javascript:x", "http://[::1", "https://u:p@a.example/"):
        with pytest.raises(FlowError):
            joined(base, bad)


def test_where_a_connection_may_go() -> None:
    reach = Reach(
        "https://api.example.com",
        ["files.example.com", "*.cdn.example.com", "http://localhost:9000", "b.example:8443", "*.c.example:444"],
    )
    allowed = [
        "https://api.example.com", "https://files.example.com", "https://x.cdn.example.com",
        "https://x.y.cdn.example.com", "http://localhost:9000", "https://b.example:8443", "https://x.c.example:444",
    ]  # fmt: skip
    assert [origin for origin in allowed if not reach.allows(origin)] == []
    closed = [
        "http://api.example.com", "https://api.example.com:444", "http://files.example.com", "https://cdn.example.com",
        "http://x.cdn.example.com", "https://x.cdn.example.com:444", "https://xcdn.example.com",
        "https://localhost:9000", "https://b.example", "https://x.c.example", "https://api.example.com.evil.example",
    ]  # fmt: skip
    assert [origin for origin in closed if reach.allows(origin)] == []
    with pytest.raises(FlowError, match=r"https://evil\.example is none of the hosts") as caught:
        reach.check(read_address("https://evil.example/x"))
    assert caught.value.code == "connector.http.notAllowed"
