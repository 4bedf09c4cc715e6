from typing import Any

import pytest

from airdock.connectors.broker.addressed import AddressedBroker
from airdock.connectors.broker.tls import BrokerTls


class Post(AddressedBroker):
    """A post office."""

    type = "post"
    plain = ("post", 25)
    encrypted = ("posts", 465)


def post(url: str, tls: BrokerTls | None = None) -> Any:
    office = Post()
    office.url, office.tls = url, tls
    return office


@pytest.mark.parametrize(
    ("url", "host", "port", "secure"),
    [
        ("post://office", "office", 25, False),
        ("posts://office", "office", 465, True),
        ("posts://office:99/x", "office", 99, True),
        ("post://[::1]:7", "::1", 7, False),
    ],
)
def test_what_an_address_says(url: str, host: str, port: int, secure: bool) -> None:
    office = post(url)
    assert (office.host, office.port, office.secure) == (host, port, secure)
    assert Post.check(office) == []


def test_what_does_not_fit() -> None:
    assert Post.check(post("post://office:99999")) == [("url", "the port must be a number up to 65535")]
    assert Post.check(post("post://office", BrokerTls())) == [("tls", "`tls` belongs to an address with `posts://`")]
    assert Post.check(post("posts://office", BrokerTls())) == []
