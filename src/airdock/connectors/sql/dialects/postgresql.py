"""PostgreSQL, by asyncpg."""

import json
from collections.abc import Callable
from typing import Any

from airdock.connectors.sql.dialects.dialect import Dialect, Kind, Reaching, by_state
from airdock.connectors.sql.values import json_text

SETTINGS = {
    "application_name": "airdock",
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "timezone": "UTC",
    "extra_float_digits": "1",
    # A server whose client vanished ends what it did for it.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}


def arguments(reaching: Reaching) -> dict[str, Any]:
    """What asyncpg is called with."""
    tls: Any = reaching.tls if reaching.tls is not None else False
    return {"timeout": reaching.timeout, "ssl": tls, "server_settings": SETTINGS}


async def use_texts(raw: Any) -> None:
    """Has values travel as texts, as messages have them: the server makes of a text what its type asks for.

    In their binary form a date would have to be a `date`, and the text of a query's parameter no number.
    """
    for name, encode, decode in _TYPES:
        await raw.set_type_codec(name, schema="pg_catalog", encoder=encode, decoder=decode, format="text")


def _encoded(value: Any) -> str:
    if type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is float and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value) if not isinstance(value, dict | list) else json_text(value)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _moment(text: str) -> str:
    # 2026-01-31 10:00:00.5+00
    text = text.replace(" ", "T", 1)
    return f"{text}:00" if text[-3:-2] in "+-" and "T" in text else text


def _clock(text: str) -> str:
    return f"{text}:00" if text[-3:-2] in "+-" else text


def _float(text: str) -> float | None:
    value = float(text)
    return value if value - value == 0 else None


_TYPES: tuple[tuple[str, Callable[[Any], str], Callable[[str], Any]], ...] = (
    *((name, _encoded, int) for name in ("int2", "int4", "int8", "oid")),
    *((name, _encoded, _float) for name in ("float4", "float8")),
    *((name, _encoded, str) for name in ("text", "varchar", "bpchar", "name", "numeric", "uuid", "date", "interval")),
    *((name, _encoded, _moment) for name in ("timestamp", "timestamptz")),
    *((name, _encoded, _clock) for name in ("time", "timetz")),
    ("bool", _encoded, lambda text: text == "t"),
    *((name, _json, json.loads) for name in ("json", "jsonb")),
)


def _prepare(engine: Any) -> None:
    from sqlalchemy import event

    event.listen(engine, "connect", lambda raw, _: raw.run_async(use_texts))


def _stale(error: BaseException) -> bool:
    return type(getattr(error, "orig", error)).__name__ == "InvalidCachedStatementError"


def kind_of(error: BaseException) -> Kind:
    """What an error of asyncpg is."""
    if _stale(error):
        return "conflict"
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return by_state(state)
    words = str(error)
    if "cannot decode" in words or "cannot encode" in words:
        return "data"
    return "statement" if "argument" in words else ""


POSTGRESQL = Dialect("postgresql+asyncpg", "postgres", arguments, kind_of, prepare=_prepare, stale=_stale, arrays=True)
