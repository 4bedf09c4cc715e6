from typing import Any

import pytest

from airdock.builtin import catalogue
from airdock.descriptor.reader import Reader
from airdock.errors import DescriptorError


def read(**fields: Any) -> Any:
    import json

    content = json.dumps({"type": "grpc", "url": "grpcs://stock.example.com", **fields}).encode()
    return Reader(catalogue()).read("connection", content, "p/stock.connection")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("grpcs://stock.example.com", ("stock.example.com", 443, True)),
        ("grpc://stock.example.com", ("stock.example.com", 50051, False)),
        ("grpcs://[::1]:8443", ("::1", 8443, True)),
    ],
)
def test_an_address(url: str, found: tuple[str, int, bool]) -> None:
    connection = read(url=url)
    assert (connection.host, connection.port, connection.secure) == found


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "https://stock.example.com"}, "an address such as grpcs://"),
        ({"url": "grpcs://user:pw@stock.example.com"}, "an address such as grpcs://"),
        ({"url": "grpcs://stock.example.com/path"}, "an address such as grpcs://"),
        ({"url": "grpcs://stock.example.com:99999"}, "the port must be a number up to 65535"),
        ({"metadata": {"X-Key": "a"}}, "'X-Key' is no name of metadata"),
        ({"metadata": {"grpc-key": "a"}}, "'grpc-key' is no name of metadata"),
        ({"metadata": {"key-bin": "a"}}, "'key-bin' is no name of metadata"),
        ({"metadata": {"key": "ä"}}, "the value of 'key' holds characters"),
        ({"tls": {"certificate": "/p/c.pem"}}, "a certificate needs its `key`"),
        ({"url": "grpc://stock.example.com", "tls": {"ca": "/p/ca.pem"}}, "`tls` belongs to `grpcs://`"),
        ({"ca": "/p/ca.pem"}, "write `tls`, which has `ca`"),
        ({"serverName": "x"}, "write `tls`, which has `serverName`"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(DescriptorError, match=r".") as caught:
        read(**fields)
    assert told in str(caught.value)


def test_metadata_may_be_secret() -> None:
    assert read(metadata={"authorization": {"secret": "token"}}).metadata["authorization"].secret == "token"
