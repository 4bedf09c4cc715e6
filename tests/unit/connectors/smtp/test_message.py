from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from airdock.connectors.smtp.addresses import address
from airdock.connectors.smtp.message import Mail, attached, envelope
from airdock.errors import FlowError

ANN, BOB = address("Ann <ann@x.com>"), address("bob@x.com")


def mail(**fields: Any) -> Mail:
    given: dict[str, Any] = {"subject": "s", "text": "hello", "html": None, "files": [], "headers": {}, "cc": []}
    return Mail(**{"sender": ANN, "to": [BOB], "reply_to": [], **given, **fields})


def parsed(content: Mail) -> EmailMessage:
    return message_from_bytes(envelope(content, [], 1e9).content, policy=policy.default)


def shape(message: Any) -> Any:
    if not message.is_multipart():
        return message.get_content_type()
    return {message.get_content_subtype(): [shape(each) for each in message.iter_parts()]}


def test_headers() -> None:
    sent = envelope(
        mail(cc=[ANN], reply_to=[ANN], headers={"X-Order": "é\r\nBcc: e@x.com"}), [address("c@x.com"), BOB], 1e9
    )
    message = message_from_bytes(sent.content, policy=policy.default)
    assert [each.address for each in sent.recipients] == ["bob@x.com", "ann@x.com", "c@x.com"]
    assert b"c@x.com" not in sent.content
    assert (message["from"], message["to"], message["cc"]) == ("Ann <ann@x.com>", "bob@x.com", "Ann <ann@x.com>")
    assert (message["reply-to"], message["subject"], message["message-id"]) == ("Ann <ann@x.com>", "s", sent.message_id)
    assert sent.message_id.endswith("@x.com>")
    assert message["date"] == "Sun, 09 Sep 2001 01:46:40 -0000"
    assert message["x-order"] == "é Bcc: e@x.com"
    assert message["bcc"] is None


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: e@x.com", "ü\nBcc: e@x.com", "a\rb", "a" * 3000, "ü " * 900, "a\n\nbody"]
)
def test_a_subject_is_one_header(subject: str) -> None:
    message = parsed(mail(subject=subject))
    assert message["bcc"] is None
    assert message["subject"].split() == subject.split()
    assert message.get_content().strip() == "hello"


def test_many_recipients_are_folded() -> None:
    people = [address(f"Person Number {number} <p{number}@example.com>") for number in range(150)]
    sent = envelope(mail(to=people), [], 1e9)
    message = message_from_bytes(sent.content, policy=policy.default)
    assert len(message["to"].addresses) == 150
    assert max(map(len, sent.content.split(b"\r\n"))) < 998


@pytest.mark.parametrize("text", ["", "plain", "größe\n", "x" * 5000, "a\n.\nb", "\ud800", "From me\n"])
def test_a_text_arrives_as_it_was(text: str) -> None:
    sent = envelope(mail(text=text), [], 1e9)
    assert max(map(len, sent.content.split(b"\r\n"))) < 998
    got = parsed(mail(text=text)).get_content()
    assert got.replace("\r\n", "\n").rstrip("\n") == text.encode("utf-8", "replace").decode().rstrip("\n")


def test_shapes() -> None:
    picture = attached([{"content": b"p", "contentType": "image/png", "cid": "logo"}])
    document = attached([{"content": "d", "filename": "größe.txt"}])
    assert shape(parsed(mail())) == "text/plain"
    assert shape(parsed(mail(text=None, html="<b>"))) == "text/html"
    assert shape(parsed(mail(html="<b>"))) == {"alternative": ["text/plain", "text/html"]}
    assert shape(parsed(mail(files=document))) == {"mixed": ["text/plain", "text/plain"]}
    full = parsed(mail(html="<img src='cid:logo'>", files=[*picture, *document]))
    related = {"related": ["text/html", "image/png"]}
    assert shape(full) == {"mixed": [{"alternative": ["text/plain", related]}, "text/plain"]}
    *_, last = full.iter_parts()
    assert (last.get_filename(), last.get_content()) == ("größe.txt", "d")
    (image,) = (part for part in full.walk() if part.get_content_type() == "image/png")
    assert (image["content-id"], image.get_content(), image.get_content_disposition()) == ("<logo>", b"p", "inline")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"content": "ü"}, ("attachment-1", "text/plain", "ü".encode())),
        ({"content": b"\xff"}, ("attachment-1", "application/octet-stream", b"\xff")),
        ({"content": {"a": 1}, "contentType": "x/json", "filename": "a.json"}, ("a.json", "x/json", b'{"a":1}')),
        ({"content": "", "filename": "../../x\r\ny", "contentType": "text/csv; a=b"}, ("x y", "text/csv", b"")),
        ({"content": "", "filename": "C:\\x.txt"}, ("x.txt", "text/plain", b"")),
    ],
)  # fmt: skip
def test_attachments(value: Any, expected: tuple[str, str, bytes]) -> None:
    (found,) = attached([value])
    assert found[:3] == expected


@pytest.mark.parametrize(
    "value",
    [
        {}, "text", [1], [{}], [{"content": None}], [{"content": "x", "contentType": "png"}],
        [{"content": "x", "contentType": "image/png\r\nX: y"}], [{"content": "x", "cid": "a> b"}],
        [{"content": object()}], [{"content": "x"}] * 101,
    ],
)  # fmt: skip
def test_what_is_no_attachment(value: Any) -> None:
    with pytest.raises(FlowError) as caught:
        attached(value)
    assert caught.value.code == "connector.mail.attachment"
