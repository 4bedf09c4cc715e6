"""Which requests count as signed."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError, FlowError
from airdock.triggers.http.protection.signatures import SignatureCheck
from tests.unit.triggers.http.protection.signing import (
    NOW,
    SECRET,
    declared,
    github,
    mac,
    mac64,
    request,
    secret,
    slack,
    stripe,
)

BODY = b'{"a": 1}'


def check(scheme: str, value: str | None = SECRET, **fields: Any) -> SignatureCheck:
    return SignatureCheck(declared(scheme, **fields), secret(value))


def refused(checked: SignatureCheck, *headers: tuple[str, str], body: bytes = BODY, now: float = NOW) -> str:
    with pytest.raises(FlowError) as caught:
        checked.verify(request(body, *headers), body, now)
    assert (caught.value.code, caught.value.status) == ("request.signature", 401)
    assert SECRET not in caught.value.message
    return caught.value.message


def test_as_github_documents_it() -> None:
    checked = check("github", "It's a Secret to Everybody")
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    body = b"Hello, World!"
    proof = checked.verify(request(body, ("X-Hub-Signature-256", f"sha256={signature}")), body, NOW)
    assert proof.until == NOW + 86400


def test_as_slack_documents_it() -> None:
    checked = check("slack", "8f742231b10e8888abcd99yyyzzz85a5")
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = [
        ("X-Slack-Request-Timestamp", "1531420618"),
        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
    ]
    checked.verify(request(body, *headers), body, 1531420618.0)


@pytest.mark.parametrize("body", [BODY, b"", b"\0\xff" * 1000])
def test_each_service_is_known(body: bytes) -> None:
    check("github").verify(request(body, github(body)), body, NOW)
    check("stripe").verify(request(body, stripe(body)), body, NOW)
    check("slack").verify(request(body, *slack(body)), body, NOW)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_generic_signature(algorithm: str) -> None:
    hexed = check("generic", header="X-Sig", algorithm=algorithm, prefix=f"{algorithm}=")
    hexed.verify(request(BODY, ("x-sig", f"{algorithm}={mac(BODY, algorithm=algorithm)}")), BODY, NOW)
    based = check("generic", header="X-Sig", algorithm=algorithm, encoding="base64")
    based.verify(request(BODY, ("X-SIG", mac64(BODY, algorithm=algorithm))), BODY, NOW)
    refused(based, ("X-Sig", mac(BODY, algorithm=algorithm)))


def test_a_generic_signature_of_time_and_body() -> None:
    timed = check("generic", header="S", timestamp_header="T", payload="{timestamp}:{body}:{timestamp}")
    message = b"%d:%s:%d" % (NOW, BODY, NOW)
    timed.verify(request(BODY, ("S", mac(message)), ("T", f"{NOW:.0f}")), BODY, NOW)
    refused(timed, ("S", mac(message)), ("T", f"{NOW + 1:.0f}"))
    refused(timed, ("S", mac(message)))
    refused(timed, ("S", mac(message)), ("T", f"{NOW:.0f}"), ("T", f"{NOW:.0f}"))


def test_a_body_with_braces_stays_as_it_is() -> None:
    body = b"{timestamp}{body}"
    timed = check("generic", header="S", timestamp_header="T", payload="{timestamp}.{body}")
    timed.verify(request(body, ("S", mac(b"%d." % NOW + body)), ("T", f"{NOW:.0f}")), body, NOW)


def test_what_is_signed_otherwise_is_refused() -> None:
    checked = check("github")
    good = github(BODY)[1]
    refused(checked, github(b"another"))
    refused(checked, github(BODY, "another secret"))
    refused(checked, github(BODY, ""))
    refused(checked, ("X-Hub-Signature-256", good.removeprefix("sha256=")))
    refused(checked, ("X-Hub-Signature-256", good[:-2]))
    refused(checked, ("X-Hub-Signature-256", good + "00"))
    refused(checked, ("X-Hub-Signature-256", "sha256="))
    refused(checked, ("X-Hub-Signature-256", f"sha1={mac(BODY, algorithm='sha1')}"))
    refused(checked, ("X-Hub-Signature", f"sha1={mac(BODY, algorithm='sha1')}"))
    refused(checked, github(BODY), github(BODY))
    refused(checked)
    refused(checked, github(b""), body=b" ")


def test_only_the_scheme_that_is_meant_counts_in_stripes_header() -> None:
    signature = stripe(BODY)[1].split("v1=")[1].split(",")[0]
    refused(check("stripe"), ("Stripe-Signature", f"t={NOW:.0f},v0={signature}"))


@pytest.mark.parametrize("off", [-301, 301, -1e6, 1e9])
def test_a_time_too_far_from_now_is_refused(off: float) -> None:
    assert "from now" in refused(check("stripe"), stripe(BODY, NOW + off))
    assert "from now" in refused(check("slack"), *slack(BODY, NOW + off))


@pytest.mark.parametrize("off", [-300, -1, 0, 300])
def test_a_time_near_now_is_good_and_remembered_beyond_its_end(off: float) -> None:
    proof = check("stripe").verify(request(BODY, stripe(BODY, NOW + off)), BODY, NOW)
    assert proof.until > NOW + off + 300


@pytest.mark.parametrize("time", ["", "-1", "1e9", "\u0661\u0667", "1700000000.0", " ", "9" * 13, "0x10", "+5"])
def test_what_is_no_time_is_refused(time: str) -> None:
    signature = hmac.new(SECRET.encode(), f"{time}.".encode() + BODY, hashlib.sha256).hexdigest()
    refused(check("stripe"), ("Stripe-Signature", f"t={time},v1={signature}"))


def test_the_tolerance_can_be_set() -> None:
    refused(check("stripe", tolerance=10.0), stripe(BODY, NOW - 11))
    check("stripe", tolerance=3600.0).verify(request(BODY, stripe(BODY, NOW - 3000)), BODY, NOW)
    assert check("github", tolerance=0.0).verify(request(BODY, github(BODY)), BODY, NOW).until == 0


def test_each_line_of_the_secret_is_good() -> None:
    checked = check("github", "new\n\n  old  \r\n")
    for key in ("new", "old"):
        checked.verify(request(BODY, github(BODY, key)), BODY, NOW)
    refused(checked, github(BODY, ""))
    refused(checked, github(BODY, "new\nold"))


def test_what_was_signed_is_one_thing_however_it_is_written() -> None:
    checked = check("generic", "new\nold", header="S", prefix="v=")
    spellings = [
        f"v={mac(BODY, 'new')}",
        f"v={mac(BODY, 'new').upper()}",
        f"v={mac(BODY, 'old')}",
        f"v=00 v={mac(BODY, 'old')},v={mac(BODY, 'new')}",
    ]
    assert len({checked.verify(request(BODY, ("S", text)), BODY, NOW).key for text in spellings}) == 1
    other = checked.verify(request(b"other", ("S", f"v={mac(b'other', 'new')}")), b"other", NOW)
    assert other.key != checked.verify(request(BODY, ("S", spellings[0])), BODY, NOW).key


@pytest.mark.parametrize("value", [None, "", "  \n\t\r\n"])
def test_without_a_secret_nothing_is_checked_with(value: str | None) -> None:
    with pytest.raises(DescriptorError) as caught:
        check("github", value)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("descriptor.secret", "airdock secrets set hook")


@given(st.binary(max_size=100), st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_no_other_body_and_no_other_signature_is_good(body: bytes, other: bytes, forged: bytes) -> None:
    checked = check("generic", header="S", encoding="base64")
    if other != body:
        refused(checked, ("S", mac64(body)), body=other)
    if forged != hmac.digest(SECRET.encode(), body, "sha256"):
        refused(checked, ("S", base64.b64encode(forged).decode()), body=body)
