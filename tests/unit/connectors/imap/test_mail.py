import time
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.imap.mail import MailError, file_name, parsed, read_head
from airdock.connectors.smtp.addresses import addresses
from airdock.connectors.smtp.message import Mail, attached, envelope


def lines(*written: str) -> bytes:
    return "\r\n".join(written).encode("utf-8", "surrogateescape")


def test_a_plain_mail() -> None:
    body = parsed(
        lines(
            "Message-ID: <1@x.com>",
            "Date: Tue, 24 Nov 2026 21:45:56 +0100",
            "From: =?utf-8?q?J=C3=BCrgen?= <Juergen@X.com>",
            'To: "Lee, Ann" <ann@x.com>, bob@x.com',
            "Cc: undisclosed-recipients:;",
            "Reply-To: help@x.com",
            "Subject: =?utf-8?b?w7xi?=",
            " =?utf-8?b?ZXI=?= alles",
            "Received: one",
            "Received: two",
            "Content-Type: text/plain; charset=iso-8859-1",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "caf=E9",
            "",
        )
    )
    headers = body.pop("headers")
    assert body == {
        "messageId": "<1@x.com>",
        "date": "2026-11-24T20:45:56Z",
        "from": "Jürgen <Juergen@X.com>",
        "fromAddress": "juergen@x.com",
        "to": ["Lee, Ann <ann@x.com>", "bob@x.com"],
        "cc": [],
        "replyTo": ["help@x.com"],
        "subject": "über alles",
        "text": "café\n",
        "html": None,
        "attachments": [],
    }
    assert (headers["received"], headers["subject"]) == (["one", "two"], "über alles")


def whole(**fields: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@x.com", "s"
    message.set_content("text")
    message.add_alternative('<img src="cid:logo@x">', subtype="html")
    message.get_payload()[1].add_related(b"PNG", "image", "png", cid="<logo@x>")  # type: ignore[index, union-attr]
    message.add_attachment(b"%PDF", "application", "pdf", filename="../../etc/invoice.pdf")
    message.add_attachment("a,b\n", "csv", filename="C:\\tmp\\préis.csv")
    return message


def test_parts() -> None:
    body = parsed(whole().as_bytes())
    assert (body["text"], body["html"]) == ("text\n", '<img src="cid:logo@x">\n')
    logo, invoice, prices = body["attachments"]
    assert logo == {
        "filename": "attachment-1", "contentType": "image/png", "content": b"PNG", "size": 3, "inline": True,
        "cid": "logo@x",
    }  # fmt: skip
    assert invoice == {
        "filename": "invoice.pdf", "contentType": "application/pdf", "content": b"%PDF", "size": 4, "inline": False
    }  # fmt: skip
    assert (prices["filename"], prices["contentType"], prices["content"]) == ("préis.csv", "text/csv", b"a,b\n")


def test_a_mail_can_be_passed_on_as_it_is() -> None:
    body = parsed(whole().as_bytes())
    files = attached(body["attachments"])
    mail = Mail(
        addresses(body["from"])[0],
        addresses("bob@x.com"),
        [],
        [],
        body["subject"],
        body["text"],
        body["html"],
        files,
        {},
    )
    again = parsed(envelope(mail, [], 0.0).content)
    for field in ("from", "subject", "text", "html"):
        assert str(again[field]).strip() == str(body[field]).strip()
    assert [(each["content"], each["inline"]) for each in again["attachments"]] == [
        (b"PNG", True), (b"%PDF", False), (b"a,b\n", False)
    ]  # fmt: skip


def test_an_attachment_that_has_an_id_and_is_not_shown_is_not_inline() -> None:
    message = EmailMessage()
    message.set_content("text")
    message.add_attachment(b"x", "image", "png", filename="a.png", cid="<a@x>")
    (file,) = parsed(message.as_bytes())["attachments"]
    assert (file["inline"], "cid" in file) == (False, False)


def test_a_mail_inside_a_mail_is_a_file() -> None:
    message = EmailMessage()
    message.set_content("see below")
    message.add_attachment(whole())
    body = parsed(message.as_bytes())
    (file,) = body["attachments"]
    assert (file["filename"], file["contentType"]) == ("attachment-1.eml", "message/rfc822")
    assert parsed(file["content"])["attachments"][1]["filename"] == "invoice.pdf"
    assert body["text"] == "see below\n"


@pytest.mark.parametrize(
    ("charset", "content", "expected"),
    [
        ("utf-8", "é".encode(), "é"),
        ("utf-8", b"caf\xe9", "café"),
        ("us-ascii", "é".encode(), "é"),
        ("nonsense-9", b"\x93x\x94", "“x”"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("", b"\xff", "ÿ"),
        ("shift_jis", "日本".encode("shift_jis"), "日本"),
        ("shift_jis", b"\xff\xff", "��"),
        ("utf-16", b"\xff", "�"),
    ],
)
def test_texts_in_wrong_charsets_are_read_as_well_as_can_be(charset: str, content: bytes, expected: str) -> None:
    assert parsed(b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + content)["text"] == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"\x00\xff\r\n\r\n\x00",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nnever closed",
        b"Content-Transfer-Encoding: base64\r\n\r\n*** no base64",
        b"Content-Type: text/plain; charset*=x''\r\n\r\n",
        b"Content-Disposition: attachment; filename*9*=x; filename*=a'b\r\n\r\n",
        b"Subject: =?utf-8?b?x?= =?no?q?=FF?= \xff\r\nDate: 99 Foo 99999 25:61\r\nFrom: <<>>,,@\r\n\r\n",
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogYQ==",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: y\r\n",
    ],
)
def test_odd_mails_are_read(content: bytes) -> None:
    body = parsed(content)
    assert isinstance(body["subject"], str)
    assert body.keys() == read_head(content).keys()


def test_headers_that_would_be_several_lines_are_one() -> None:
    body = parsed(
        b"Subject: =?utf-8?q?a=0D=0ABcc:_eve@x.com?=\r\nFrom: =?utf-8?q?a=22_=3Cb=40x.com=3E?= <c@x.com>\r\n\r\n"
    )
    assert body["subject"] == "a Bcc: eve@x.com"
    assert (body["from"], body["fromAddress"]) == ("a bb@x.com <c@x.com>".replace("a bb", "a b"), "c@x.com")


def test_bounds() -> None:
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1001
    with pytest.raises(MailError, match="more than 1000 parts"):
        parsed(many)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    with pytest.raises(MailError, match="nested too deeply"):
        parsed(deep)
    slow = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    with pytest.raises(MailError, match="for its size"):
        parsed(slow + b"--xx\r\n" * 100_000)
    assert len(parsed(b"X: y\r\n" * 2000 + b"\r\n")["headers"]["x"]) == 500
    assert len(parsed(b"To: " + b"a@x.com," * 9000 + b"\r\n\r\n")["to"]) == 500


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a.pdf", "a.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("..", ""),
        (".bashrc", "bashrc"),
        ("a/", ""),
        ("in\u202efdp.exe", "infdp.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("", ""),
    ],
)
def test_names_of_files(written: str, name: str) -> None:
    assert file_name(written) == name


@given(st.text())
def test_no_name_leaves_a_folder(written: str) -> None:
    name = file_name(written)
    assert not set(name) & set("/\\\0\r\n")
    assert name not in (".", "..")
    assert len(name) <= 120


@pytest.mark.parametrize("header", ["Content-Type: text/plain", "Content-Disposition: attachment"])
@pytest.mark.parametrize("pieces", ["; ".join(f"a*{number}=x" for number in range(100_000)), ";" * 1_000_000])
def test_headers_with_a_crowd_of_parameters_take_no_time(header: str, pieces: str) -> None:
    # Without bounds these take a minute and more.
    started = time.process_time()
    parsed(f"{header}; {pieces}\r\n\r\nx".encode())
    assert time.process_time() - started < 5


def test_a_crowd_of_parts_is_not_read_to_its_end() -> None:
    crowd = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 500_000
    started = time.process_time()
    with pytest.raises(MailError, match="more than 1000 parts"):
        parsed(crowd)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Disposition"])
@pytest.mark.parametrize("piece", ["(", '"', "<", "a,", "=?utf-8?q?a?= ", ";a*0*=b", "\\\\"])
def test_long_headers_are_read_within_bounds(name: str, piece: str) -> None:
    content = f"{name}: {piece * (60_000 // len(piece))}\r\n\r\nx".encode()
    assert parsed(content)["subject"] == read_head(content)["subject"]


@given(
    st.sampled_from(["From", "To", "Subject", "Date", "Content-Type"]),
    st.text('()<>@,"=?;:\\ ab0*\xe9\r\n\t', max_size=60),
)
def test_any_header_is_read(name: str, value: str) -> None:
    read_head(f"{name}: {value}\r\n\r\n".encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_a_mail(content: bytes) -> None:
    parsed(content)


@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n", b"--b\r\n",
                b"--b--\r\n", b"\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/html\r\n",
                b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*1=b\r\n", b"Content-ID: <a>\r\n",
                b"From: a <a@b>\r\n", b" folded\r\n", b"\xff\xfe\r\n", b"=?utf-8?b?\r\n", b"QUJD\r\n",
            ]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_any_pieces_are_a_mail(pieces: list[bytes]) -> None:
    body = parsed(b"".join(pieces))
    assert all(isinstance(each["content"], bytes) for each in body["attachments"])
