"""The reference page of settings, made from their declarations."""

from pathlib import Path
from typing import Any

import msgspec

from airdock.server.settings import Settings, meta_of, variable_of
from airdock.spec.command import AllowedCommand
from airdock.spec.pages import fields_table

_HEAD = """# Settings

Each setting can be given three ways; the first that is there counts:

1. an option of `airdock run` (`--max-body 20MB`), or a keyword of `airdock.server.asgi_app` (`max_body="20MB"`);
2. an environment variable (`AIRDOCK_MAX_BODY=20MB`);
3. the default.

Sizes are written `64KB`, `10MB`, `1GB` or in bytes; times `250ms`, `30s`, `5m`, `7d` or in seconds.

| setting | environment | default | what it is |
|---|---|---|---|
"""

_COMMANDS = """## The file `commands`

An object of commands, by the names that flows call them ([how](../how-to/run-commands.md)). Each has these fields:

"""


def settings_page() -> str:
    """The page `docs/reference/settings.md`, as Markdown."""
    rows = "".join(_row(field) for field in msgspec.structs.fields(Settings))
    return f"{_HEAD}{rows}\n{_COMMANDS}{fields_table(AllowedCommand)}\n"


def _row(field: Any) -> str:
    description = meta_of(field.name).description or ""
    return f"| `{field.name}` | `{variable_of(field.name)}` | {_default(field)} | {description} |\n"


def _default(field: Any) -> str:
    if field.default is msgspec.NODEFAULT:
        return "`~/.airdock`"
    unit = (meta_of(field.name).extra or {}).get("unit")
    value = field.default
    if value is None or value == "":
        return "none"
    if unit == "bytes":
        return f"`{_size(value)}`"
    if unit == "seconds":
        return f"`{int(value // 86400)}d`" if value % 86400 == 0 else f"`{value:g}s`"
    if isinstance(value, bool):
        return "off"
    return f"`{'.' if value == Path('.') else value}`"


def _size(value: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if value % factor == 0:
            return f"{value // factor}{unit}"
    return f"{value}B"
