"""A mail as flows see it: what its bytes say, whoever wrote them."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from typing import Any, NamedTuple

from airdock.connectors.imap.mail_headers import Headers, decode, readable
from airdock.connectors.smtp.message import CID

MOST_PARTS = 1000
"""So many parts a mail may have."""
MOST_LOOKS = 30_000_000
"""The parser looks at each line once for each part around it; so often takes about four seconds."""

_LONGEST_PARAMETERS = 2000
"""Characters of a header with parameters that are read: the standard library looks at each of them many times."""

_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_UNSAFE = re.compile(r'[<>:"|?*]')
_TYPE = re.compile(r"[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*")


class MailError(Exception):
    """A mail cannot be read."""


class _Mail(Message):
    """A mail or a part of one, within bounds while it is read: of its parts, and of headers with parameters, such as
    that of its type."""

    def attach(self, payload: Any) -> None:
        super().attach(payload)
        if len(self.get_payload()) > MOST_PARTS:
            raise MailError(f"it has more than {MOST_PARTS} parts")

    def get(self, name: str, failobj: Any = None) -> Any:
        value = super().get(name, failobj)
        if value is None or name.lower() not in ("content-type", "content-disposition"):
            return value
        return value if len(text := str(value)) <= _LONGEST_PARAMETERS else text[:_LONGEST_PARAMETERS]


class _Part(NamedTuple):
    """A part that holds something."""

    message: Message
    content_type: str
    filename: str
    is_text: bool


def parsed(content: bytes) -> dict[str, Any]:
    """The whole of a mail.

    Raises:
        MailError: It has too many parts, or they are nested too deeply.
    """
    if len(_MULTIPART.findall(content)) * content.count(b"\n") > MOST_LOOKS:
        raise MailError("it has too many parts within parts for its size")
    try:
        message = BytesParser(_Mail, policy=compat32).parsebytes(content)
        return _whole(message)
    except RecursionError:
        raise MailError("its parts are nested too deeply") from None
    except MailError:
        raise
    except Exception as error:
        # The standard library's parser raises many things for odd mails.
        raise MailError(f"{type(error).__name__}: {error}") from error


def read_head(content: bytes) -> dict[str, Any]:
    """What the header of a mail says; it is all that was taken of the mail."""
    return _body(Headers(BytesHeaderParser(policy=compat32).parsebytes(content)))


def _body(headers: Headers) -> dict[str, Any]:
    sender = headers.people("from")[:1]
    return {
        "messageId": headers.message_id(),
        "date": headers.date(),
        "from": str(_written(sender[0])) if sender else None,
        "fromAddress": sender[0].address.lower() if sender else None,
        **{
            field: [_written(each) for each in headers.people(name)]
            for field, name in (("to", "to"), ("cc", "cc"), ("replyTo", "reply-to"))
        },
        "subject": headers.text("subject"),
        "text": None,
        "html": None,
        "attachments": [],
        "headers": headers.all(),
    }


def _written(person: Any) -> str:
    return f"{person.name} <{person.address}>" if person.name else str(person.address)


def _whole(message: Message) -> dict[str, Any]:
    parts = [_Part(part, *_facts(part)) for part in _leaves(message)]
    body = _body(Headers(message))
    for kind, field in (("text/plain", "text"), ("text/html", "html")):
        texts = [_text(part.message) for part in parts if part.is_text and part.content_type == kind]
        body[field] = "\n".join(texts) if texts else None
    files = [part for part in parts if not (part.is_text and part.content_type in ("text/plain", "text/html"))]
    body["attachments"] = [_attachment(part, number, body["html"] or "") for number, part in enumerate(files, 1)]
    return body


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; a mail inside a mail is one of them."""
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise MailError(f"it has more than {MOST_PARTS} parts")
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting += [each for each in reversed(inner) if isinstance(each, Message)]
        else:
            yield part


def _facts(part: Message) -> tuple[str, str, bool]:
    """Its content type, the name of its file, which may be empty, and whether it is text of the mail itself."""
    kind, filename = _parameter(part.get_content_type).lower(), readable(_parameter(part.get_filename))
    attached = str(part.get("content-disposition") or "").strip().lower().startswith("attachment")
    return (kind if _TYPE.fullmatch(kind) else "application/octet-stream", filename, not filename and not attached)


def _text(part: Message) -> str:
    charset = _parameter(lambda: part.get_content_charset())
    return decode(_bytes(part), charset).replace("\r\n", "\n")


def _parameter(read: Callable[[], str | None]) -> str:
    """What a part says of itself; empty where it does so in a way that the standard library does not bear."""
    try:
        return read() or ""
    except Exception:  # noqa: BLE001 -- TypeError, ValueError, LookupError and others, by version
        return ""


def _bytes(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        # A mail inside, or a report: what the parser has taken apart is put together again.
        return b"\r\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attachment(part: _Part, number: int, html: str) -> dict[str, Any]:
    content = _bytes(part.message)
    found = CID.fullmatch(str(part.message.get("content-id") or "").strip().strip("<>"))
    inline = found is not None and f"cid:{found[0]}" in html
    suffix = ".eml" if part.content_type == "message/rfc822" else ""
    return {
        "filename": file_name(part.filename) or f"attachment-{number}{suffix}",
        "contentType": part.content_type,
        "content": content,
        "size": len(content),
        "inline": inline,
        **({"cid": found[0]} if inline and found is not None else {}),
    }


def file_name(written: str) -> str:
    """A name that is one of a file in any folder, and nothing else; empty where nothing is left of it."""
    name = written.replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in name if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return name if len(name) <= 120 else f"{stem[: 119 - len(suffix)]}{dot}{suffix}" if len(suffix) < 20 else name[:120]
