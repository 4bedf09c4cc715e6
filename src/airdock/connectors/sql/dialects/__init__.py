"""The kinds of databases: how each is reached, told to stop, and what its errors mean."""

from airdock.connectors.sql.dialects.dialect import Dialect
from airdock.connectors.sql.dialects.mysql import MYSQL
from airdock.connectors.sql.dialects.others import ORACLE, SQL_SERVER
from airdock.connectors.sql.dialects.postgresql import POSTGRESQL
from airdock.connectors.sql.dialects.sqlite import SQLITE

DIALECTS: dict[str, Dialect] = {
    "sqlite": SQLITE,
    "postgresql": POSTGRESQL,
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "mssql": SQL_SERVER,
    "oracle": ORACLE,
}
"""By the scheme of the address."""

__all__ = ["DIALECTS", "Dialect"]
