"""The headers of signatures, as they are sent and as nobody sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.protection.schemes import MOST_SIGNATURES, parse_signatures, parse_stripe, scheme_of
from tests.unit.triggers.http.protection.signing import declared, request
from tests.unit.triggers.http.refusing import refusing


@pytest.mark.parametrize(
    ("text", "signatures", "timestamp"),
    [
        ("t=5,v1=00ff", [b"\0\xff"], "5"),
        ("t=5,v1=00, v1=FF,v0=aa", [b"\0", b"\xff"], "5"),
        (" v1=00 , t=5 ", [b"\0"], "5"),
        ("t=5,v1=zz,v1=0,v1=,v1=é,v1=01", [b"", b"\1"], "5"),
        ("t=5", [], "5"),
        ("t=,v1=00", [b"\0"], ""),
        ("t=5=6,v1=00", [b"\0"], "5=6"),
    ],
)
def test_the_parts_of_stripes_header(text: str, signatures: list[bytes], timestamp: str) -> None:
    assert parse_stripe(text) == (signatures, timestamp)


@pytest.mark.parametrize("text", ["", ",", "v1=00", "t=1,t=2,v1=00", "T=1,v1=00", "v1=00;t=1"])
def test_stripes_header_needs_one_time(text: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_stripe(text)
    assert (caught.value.code, caught.value.status) == ("request.signature", 401)


@pytest.mark.parametrize(
    ("text", "prefix", "encoding", "signatures"),
    [
        ("sha256=00ff", "sha256=", "hex", [b"\0\xff"]),
        ("sha256=00,sha256=01 sha256=02", "sha256=", "hex", [b"\0", b"\1", b"\2"]),
        ("sha1=00,00", "sha256=", "hex", []),
        ("00ff", "", "hex", [b"\0\xff"]),
        ("AP8=", "", "base64", [b"\0\xff"]),
        ("AP8", "", "base64", []),
        ("A P 8 =", "", "base64", []),
        ("!!!!", "", "base64", []),
        ("v1.AP8= v1.AA==", "v1.", "base64", [b"\0\xff", b"\0"]),
    ],
)
def test_signatures_behind_a_prefix(text: str, prefix: str, encoding: str, signatures: list[bytes]) -> None:
    assert parse_signatures(text, prefix, encoding) == signatures


def test_only_so_many_signatures_are_looked_at() -> None:
    assert len(parse_signatures("00 " * 1000, "", "hex")) == MOST_SIGNATURES


@pytest.mark.parametrize("scheme", ["github", "stripe", "slack"])
def test_a_header_that_is_missing_twice_there_or_huge_is_refused(scheme: str) -> None:
    names = {"github": "X-Hub-Signature-256", "stripe": "Stripe-Signature", "slack": "X-Slack-Signature"}
    read = scheme_of(declared(scheme)).read
    name = names[scheme]
    for headers, told in (([], "no header"), ([(name, "t=1")] * 2, "more than one"), ([(name, "0" * 5000)], "long")):
        with pytest.raises(FlowError, match=told) as caught:
            read(request(b"", *headers))
        assert caught.value.code == "request.signature"


@given(st.text(max_size=200), st.sampled_from(["", "sha256=", "v0="]), st.sampled_from(["hex", "base64"]))
def test_any_header_is_taken(text: str, prefix: str, encoding: str) -> None:
    assert all(isinstance(each, bytes) for each in parse_signatures(text, prefix, encoding))
    with refusing("request.signature"):
        assert "=" not in text or parse_stripe(text)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=MOST_SIGNATURES), st.integers(0, 10**11))
def test_what_was_written_is_read(signatures: list[bytes], time: int) -> None:
    text = ",".join([f"t={time}", *(f"v1={each.hex()}" for each in signatures)])
    assert parse_stripe(text) == (signatures, str(time))
    joined = " ".join(f"v0={each.hex()}" for each in signatures)
    assert parse_signatures(joined, "v0=", "hex") == signatures
