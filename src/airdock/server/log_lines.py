"""How log lines look: one line per event on standard error, whatever a message holds."""

import logging
import sys
import time
from typing import Any, TextIO

import structlog

from airdock.logs import LEVELS

_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\r\t"}
_ESCAPED |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


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
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(LEVELS[level], logging.WARNING))
    logging.getLogger("airdock").setLevel(LEVELS[level])


def _render(logger: Any, method: str, event: structlog.typing.EventDict) -> str:
    level = event.pop("level", method)
    message = str(event.pop("event", "")).translate(_ESCAPED)
    fields = "".join(f" {name}={str(value).translate(_ESCAPED)}" for name, value in event.items())
    return f"{time.strftime('%H:%M:%S')} {level:<7} {message}{fields}"
