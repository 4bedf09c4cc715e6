"""SQL Server, by aioodbc; Oracle, by oracledb. What they do has not been tried on servers."""

from typing import Any

from airdock.connectors.sql.dialects.dialect import Dialect, Kind, Reaching, by_state

_ORACLE = {
    "constraint": (1, 1400, 2290, 2291, 2292),
    "conflict": (54, 60, 8177),
    "data": (1438, 1722, 1830, 1843, 1858, 1861, 12899),
    "refused": (1005, 1017, 1031, 1045, 28000),
    "unavailable": (28, 1012, 1033, 1034, 3113, 3114, 3135, 12170, 12514, 12537, 12541, 12547),
    "timeout": (1013, 3136),
    "statement": (900, 904, 923, 933, 936, 942, 1756),
}
_BY_NUMBER = {number: kind for kind, numbers in _ORACLE.items() for number in numbers}


def _odbc(reaching: Reaching) -> dict[str, Any]:
    return {"timeout": round(reaching.timeout), "Encrypt": "yes" if reaching.tls is not None else "no"}


def _odbc_kind(error: BaseException) -> Kind:
    state = error.args[0] if error.args else None
    return by_state(state) if isinstance(state, str) else ""


def _oracle(reaching: Reaching) -> dict[str, Any]:
    tls = {} if reaching.tls is None else {"protocol": "tcps", "ssl_context": reaching.tls}
    return {"tcp_connect_timeout": reaching.timeout, **tls}


def _oracle_kind(error: BaseException) -> Kind:
    number = getattr(error.args[0], "code", None) if error.args else None
    return _BY_NUMBER.get(number, "") if isinstance(number, int) else ""


SQL_SERVER = Dialect("mssql+aioodbc", "mssql", _odbc, _odbc_kind)
ORACLE = Dialect("oracle+oracledb_async", "oracle", _oracle, _oracle_kind)
