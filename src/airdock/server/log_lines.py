"""How log lines look: one line per event on standard error, whatever a message holds, and without secrets."""

import logging
import sys
import time
from typing import Any, TextIO

import structlog

from airdock.errors import text_of
from airdock.logs import LEVELS
from airdock.runlog.masking import MASK, Masker
from airdock.runlog.preview import short_text

LONGEST = 8000
"""Characters of a message; what comes in from callers may be of any length."""
_LONGEST_FIELD = 1000

_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\r\t"}
_ESCAPED |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_STEERING = {code: text for code, text in _ESCAPED.items() if chr(code) not in "\n\t"}
_masker = Masker()


def begin_logging(level: str, stream: TextIO | None = None) -> None:
    """Sends the lines of flows, scripts and the server to standard error; those of other libraries from warning up.

    Args:
        level: A key of `airdock.logs.LEVELS`.
        stream: Where lines go in place of standard error.
    """
    stream = stream if stream is not None else sys.stderr
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _render],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(LEVELS[level], logging.WARNING))
    logging.getLogger("airdock").setLevel(LEVELS[level])


class _Lines(logging.Formatter):
    """Several lines may make up a message, such as a traceback; nothing in it steers a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return _masker.text(super().format(record)).translate(_STEERING)


def _render(logger: Any, method: str, event: structlog.typing.EventDict) -> str:
    level = event.pop("level", method)
    message = _shown(event.pop("event", ""), LONGEST)
    fields = "".join(f" {name}={_field(name, value)}" for name, value in event.items())
    return f"{time.strftime('%H:%M:%S', time.localtime(time.time()))} {level:<7} {message}{fields}"


def _field(name: str, value: Any) -> str:
    return MASK if _masker.is_secret(name) else _shown(value, _LONGEST_FIELD)


def _shown(value: Any, longest: int) -> str:
    return short_text(_masker, text_of(value), longest).translate(_ESCAPED)
