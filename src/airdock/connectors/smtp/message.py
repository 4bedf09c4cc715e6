"""A mail as it goes over the wire.

Headers are ASCII on one line before they get here, so that nothing that a message holds can begin another header.
"""

import re
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formatdate, make_msgid
from typing import Any, NamedTuple

import msgspec

from airdock.connectors.smtp.addresses import Address, one_line
from airdock.errors import FlowError

MOST_FILES = 100
"""So many attachments one mail may have."""
OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "reply-to", "sender", "subject", "date", "message-id", "mime-version", "received"}
)
"""Headers that other fields say, or the mail system."""
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")

_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*")
CID = re.compile(r"[A-Za-z0-9.@!#$%&'*+/=?^_`{|}~-]{1,200}")
"""The id of a picture that HTML shows, without its brackets."""
_WIRE = compat32.clone(linesep="\r\n", max_line_length=998, mangle_from_=False)


class Attached(NamedTuple):
    """A file of a mail; with `cid` a picture inside its HTML, `<img src="cid:…">`."""

    filename: str
    content_type: str
    content: bytes
    cid: str = ""


class Mail(NamedTuple):
    """What a mail holds."""

    sender: Address
    to: list[Address]
    cc: list[Address]
    reply_to: list[Address]
    subject: str
    text: str | None
    html: str | None
    files: list[Attached]
    headers: dict[str, str]


class Envelope(NamedTuple):
    """What a server is given: from whom, to whom, and the mail itself.

    Attributes:
        recipients: All of them, those of `bcc` too, which the content does not name.
    """

    sender: Address
    recipients: list[Address]
    content: bytes
    message_id: str


def envelope(mail: Mail, bcc: list[Address], now: float) -> Envelope:
    """The mail with an id and a date."""
    message = _body(mail)
    message_id = make_msgid(domain=mail.sender.domain)
    message["From"] = mail.sender.header
    for name, found in (("To", mail.to), ("Cc", mail.cc), ("Reply-To", mail.reply_to)):
        if found:
            message[name] = ",\r\n ".join(each.header for each in found)
    message["Subject"] = _encoded(mail.subject)
    message["Date"] = formatdate(now)
    message["Message-ID"] = message_id
    for name, value in mail.headers.items():
        message[name] = _encoded(value)
    recipients = list({each.address: each for each in (*mail.to, *mail.cc, *bcc)}.values())
    return Envelope(mail.sender, recipients, message.as_bytes(policy=_WIRE), message_id)


def _encoded(text: str) -> str:
    """A text as it stands in a header: ASCII, in lines that are begun so that no other header begins there."""
    return Header(one_line(text), None if text.isascii() else "utf-8").encode(linesep="\r\n")


def attached(value: Any) -> list[Attached]:
    """The files of a mail from a list of objects with `filename`, `contentType`, `content`, `cid`.

    Raises:
        FlowError: `connector.mail.attachment`.
    """
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _broken("`attachments` must be a list")
    if len(value) > MOST_FILES:
        raise _broken(f"a mail has at most {MOST_FILES} attachments, not {len(value)}")
    return [_one(each, number) for number, each in enumerate(value)]


def _one(value: Any, number: int) -> Attached:
    if not isinstance(value, dict) or value.get("content") is None:
        raise _broken(f"attachment {number} must be an object with `content`")
    cid, kind = str(value.get("cid") or ""), value.get("contentType") or ""
    content = value["content"]
    kind = str(kind or ("text/plain" if isinstance(content, str) else "application/octet-stream"))
    kind = kind.partition(";")[0].strip()
    if not _TYPE.fullmatch(kind):
        raise _broken(f'attachment {number} has no content type such as "image/png"')
    if cid and not CID.fullmatch(cid):
        raise _broken(f"the `cid` of attachment {number} must be letters, digits, '.', '_', '-', '@' and the like")
    name = one_line(str(value.get("filename") or "")).replace("\\", "/").rpartition("/")[2]
    return Attached(name[:255] or f"attachment-{number + 1}", kind, _bytes(content, number), cid)


def _bytes(content: Any, number: int) -> bytes:
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    if isinstance(content, str):
        return content.encode("utf-8", "replace")
    try:
        return msgspec.json.encode(content)
    except (TypeError, ValueError):
        raise _broken(f"the content of attachment {number} is neither text, bytes nor JSON") from None


def _body(mail: Mail) -> Message:
    parts: list[Message] = []
    if mail.text is not None or mail.html is None:
        parts.append(_text(mail.text or "", "plain"))
    if mail.html is not None:
        inline = [_file(each) for each in mail.files if each.cid]
        page = _text(mail.html, "html")
        parts.append(_multipart("related", [page, *inline]) if inline else page)
    body = _multipart("alternative", parts) if len(parts) > 1 else parts[0]
    files = [_file(each) for each in mail.files if not each.cid or mail.html is None]
    return _multipart("mixed", [body, *files]) if files else body


def _text(text: str, kind: str) -> Message:
    return MIMEText(
        text.encode("utf-8", "replace").decode(), kind, "us-ascii" if text.isascii() and _short(text) else "utf-8"
    )


def _short(text: str) -> bool:
    """Whether all lines are as short as mail may have them unencoded."""
    return max(map(len, text.splitlines()), default=0) <= 900


def _file(each: Attached) -> Message:
    part = MIMEBase(*each.content_type.split("/"))
    part.set_payload(each.content)
    encode_base64(part)
    name: Any = each.filename if each.filename.isascii() else ("utf-8", "", each.filename)
    part.add_header("Content-Disposition", "inline" if each.cid else "attachment", filename=name)
    if each.cid:
        part["Content-ID"] = f"<{each.cid}>"
    return part


def _multipart(kind: str, parts: list[Message]) -> Message:
    message = MIMEMultipart(kind)
    for each in parts:
        message.attach(each)
    return message


def _broken(message: str) -> FlowError:
    return FlowError("connector.mail.attachment", message)
