"""MySQL and MariaDB, by asyncmy."""

import logging
from typing import Any

from airdock.connectors.sql.dialects.dialect import Dialect, Kind, Reaching

_KINDS = {
    "constraint": (1048, 1062, 1169, 1216, 1217, 1364, 1451, 1452, 1557, 1586, 3819, 4025),
    "conflict": (1020, 1205, 1213, 3572),
    "data": (1264, 1265, 1292, 1366, 1406, 1411, 1426, 1690, 3140, 3141, 4038),
    "refused": (1044, 1045, 1049, 1142, 1143, 1227, 1251, 1370, 1698),
    "timeout": (1317, 1969, 3024),
    "unavailable": (1040, 1053, 1080, 1152, 1159, 1161, 1203, 1226, 1927, 2003, 2006, 2013, 2014, 2055, 3169, 4031),
    "statement": (1054, 1064, 1091, 1103, 1109, 1111, 1136, 1146, 1166, 1172, 1241, 1290, 1305, 1318, 1582, 1792),
}
_BY_NUMBER = {number: kind for kind, numbers in _KINDS.items() for number in numbers}


def _arguments(reaching: Reaching) -> dict[str, Any]:
    return {"connect_timeout": reaching.timeout, "ssl": reaching.tls, "charset": "utf8mb4"}


def _kind(error: BaseException) -> Kind:
    number = error.args[0] if error.args else None
    return _BY_NUMBER.get(number, "") if isinstance(number, int) else ""


def _prepare(_: Any) -> None:
    # It would tell each note of the server, such as that a table of `drop table if exists` is not there.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)


def _mark(connection: Any) -> Any:
    return connection.connection.driver_connection.thread_id()


async def _abort(engine: Any, mark: Any) -> None:
    # The server goes on with a statement whose client has gone; it is told by another connection.
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"KILL QUERY {int(mark)}")


MYSQL = Dialect("mysql+asyncmy", "mysql", _arguments, _kind, prepare=_prepare, abort=_abort, mark=_mark)
