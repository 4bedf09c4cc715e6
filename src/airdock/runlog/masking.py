"""Keeping secrets out of what is stored: by the name that a value has, and by how a text looks."""

import re
from collections.abc import Callable
from functools import lru_cache

from airdock.runlog.known_values import KnownValues

MASK = "***"

_INSIDE = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "privatekey",
    "accesskey",
    "credential",
    "authorization",
)
_AT_THE_END = ("token", "tokens", "cookie", "cookies", "pwd", "sessionid")
_EXACT = ("pass", "auth", "session", "sid")
_LONGEST_NAME = 256

_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)")
_USER_OF_URL = re.compile(r"(://)[^\s/\"'<>]*@")
_HEADER_LINE = re.compile(
    r"(?<![\w-])((?:(?:proxy[-_]?)?authorization|(?:set[-_]?)?cookie)(?:\\?[\"'])?\s*[:=]\s*)"
    r"(?:(\\?\")[^\"\\\r\n]*+|(')[^'\r\n]*+|[^\r\n]+)",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"\b(bearer|basic|digest|negotiate)(\s+)"
    r"(?!(?:auth|authentication|authorization|credentials?|realm|token|scheme)[,.;:)]?(?:\s|\Z))[^\s\"'<>,;]+",
    re.IGNORECASE,
)
_SIGNED_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*")
_ELEMENT = re.compile(r"<([\w:.-]++)([^<>]*+)>(?:<!\[CDATA\[[\s\S]*?(?:\]\]>|\Z)|[^<]+)")
_NAME = re.compile(r"(?<![\w.-])([\w.-]++)(?:\[[\w.-]*+\])?(?:\\?[\"'])?\s*(?:=>|[=:])\s*")
_VALUE = re.compile(
    r"(\\\")(?:[^\"\\]|\\(?!\")[\s\S])*+"  # inside a JSON text that is itself in a JSON text
    r"|(\")(?:[^\"\\]|\\[\s\S])*+"
    r"|(')(?:[^'\\]|\\[\s\S])*+"
    r"|[\[{][^\]}]*+[\]}]?"
    r"|[^\s&,;\"'<>]+"
)
_PAIR = re.compile(
    r"""((\\?["'])(?:name|key)\2\s*:\s*\2([^"'\\]{1,200})\2\s*,\s*\2value\2\s*:\s*\2)(?:(?!\2)(?:\\[\s\S]|[\s\S]))*+"""
)
_SUSPECT = re.compile(r"[=:<]|eyJ|-----BEGIN|(?:bearer|basic|digest|negotiate)\s", re.IGNORECASE)


class Masker:
    """Masks what looks secret.

    Names are compared without case and separators, and by their parts: `accessToken`, `X-Api-Key`, `client_secret`.
    In texts, it masks credentials of HTTP authentication, the user part of URLs, signed tokens (JWT), private keys,
    and the value behind a secret name in forms, query strings, headers, JSON, XML and `name: value` lines.

    Args:
        names: Further secret names, compared with the whole name.
        values: Gives the values known to be secret at the moment, masked wherever they stand in a text.
    """

    def __init__(self, names: tuple[str, ...] = (), values: Callable[[], tuple[str, ...]] = tuple) -> None:
        exact = frozenset((*_EXACT, *(_plain(name) for name in names)))

        @lru_cache(maxsize=4096)
        def secret(name: str) -> bool:
            plain = _plain(name)
            return plain in exact or plain.endswith(_AT_THE_END) or any(word in plain for word in _INSIDE)

        self._secret = secret
        self._known = KnownValues(values)

    def is_secret(self, name: str) -> bool:
        """Whether a value of this name must not be shown."""
        if len(name) > _LONGEST_NAME:
            name = name[:_LONGEST_NAME] + name[-_LONGEST_NAME:]
        return self._secret(name)

    def text(self, text: str) -> str:
        """The text with everything masked that looks secret. Its time grows linearly with the text."""
        text = self._known.masked(text, MASK)
        if _SUSPECT.search(text) is None:
            return text
        text = _PRIVATE_KEY.sub(MASK, text)
        text = _USER_OF_URL.sub(rf"\1{MASK}@", text)
        text = _HEADER_LINE.sub(_mask_behind, text)
        text = _CREDENTIALS.sub(rf"\1\2{MASK}", text)
        text = _SIGNED_TOKEN.sub(MASK, text)
        text = _ELEMENT.sub(self._element, text)
        text = _PAIR.sub(self._pair, text)
        return self._assignments(text)

    def _element(self, match: re.Match[str]) -> str:
        name = match[1].rpartition(":")[2]
        return f"<{match[1]}{match[2]}>{MASK}" if self.is_secret(name) else match[0]

    def _pair(self, match: re.Match[str]) -> str:
        """`{"name": "token", "value": "…"}`."""
        return f"{match[1]}{MASK}" if self.is_secret(match[3]) else match[0]

    def _assignments(self, text: str) -> str:
        """Masks the values behind secret names; the value of another may hold such a name: `url=https://host?token=1`."""
        parts: list[str] = []
        done = 0
        found = _NAME.search(text)
        while found is not None:
            end = found.end()
            value = _VALUE.match(text, end) if self.is_secret(found[1]) else None
            if value is not None:
                parts += (text[done:end], value[1] or value[2] or value[3] or "", MASK)
                end = done = value.end()
            found = _NAME.search(text, end)
        return "".join((*parts, text[done:])) if parts else text


def _mask_behind(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2] or match[3] or ''}{MASK}"


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
