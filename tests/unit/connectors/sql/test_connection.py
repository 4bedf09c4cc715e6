"""Connections to databases."""

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.sql.client import Work
from airdock.connectors.sql.connection import Sql
from airdock.connectors.sql.statement import Statement
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.testing import run_tests
from tests.unit.connectors.opened import opened, opening
from tests.unit.connectors.sql.databases import declared


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"url": "postgresql://u:pw@h/d"}, "url", "holds a password"),
        ({"url": "postgresql://h/d?sslmode=disable"}, "url", "options"),
        ({"url": "postgres://h/d"}, "url", "one of sqlite, postgresql"),
        ({"url": "postgresql+psycopg://h/d"}, "url", "is no database"),
        ({"url": "postgresql://h"}, "url", "names no database"),
        ({"url": "postgresql:///d"}, "url", "names no host"),
        ({"url": "sqlite://"}, "url", "names no file"),
        ({"url": "sqlite:///:memory:"}, "url", "names no file"),
        ({"url": "nonsense"}, "url", "no address"),
        ({"url": "sqlite:///a.db", "password": Secret(secret="x")}, "password", "no password"),
    ],
)
def test_addresses_that_cannot_be_are_told(fields: dict[str, Any], field: str, says: str) -> None:
    element = Sql(**fields)
    [(named, sentence)] = Sql.check(element)
    assert named == field
    assert says in sentence
    assert "pw" not in sentence


@pytest.mark.parametrize("url", ["sqlite:///a.db", "mariadb://u@h/d", "oracle://u@h:1521/d", "mssql://u@h/d"])
def test_addresses_that_can_be_are_taken(url: str) -> None:
    assert Sql.check(Sql(url=url)) == []


async def test_a_file_lies_where_connections_may_reach(tmp_path: Path) -> None:
    async with opened(declared("sqlite:///shop/orders.db"), tmp_path / "data") as client:
        await client.check()
    assert (tmp_path / "data" / "shop" / "orders.db").is_file()
    with pytest.raises(FlowError) as caught:
        await declared("sqlite:///../airdock.db").connect(opening(tmp_path / "data"))
    assert caught.value.code == "connector.folder"


@pytest.mark.parametrize("statement", ["attach '{}' as other", "vacuum into '{}'"])
async def test_a_statement_reaches_no_other_file(tmp_path: Path, statement: str) -> None:
    other = tmp_path / "other.db"
    async with opened(declared("sqlite:///a.db"), tmp_path / "data") as client:
        with pytest.raises(FlowError):
            await client.run(Work(Statement(statement.format(other)), "execute", {}))
    assert not other.exists()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database at all, however long it may be " * 100)
    with pytest.raises(FlowError) as caught:
        await declared("sqlite:///a.db").connect(opening(tmp_path))
    assert caught.value.code == "connector.unavailable"


async def test_a_server_that_is_away_is_told() -> None:
    for url in ("postgresql://u@127.0.0.1:9/d", "mysql://u@127.0.0.1:9/d"):
        with pytest.raises(FlowError) as caught:
            await declared(url, connect_timeout=2.0).connect(opening(Path()))
        assert caught.value.code == "connector.unavailable"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
async def test_a_caller_that_is_not_taken_is_told(url: str) -> None:
    from sqlalchemy.engine import make_url

    nobody = make_url(url).set(username="nobody_of_airdock", database="nowhere").render_as_string()
    with pytest.raises(FlowError) as caught:
        await declared(nobody, password=Secret(secret="db")).connect(opening(Path(), {"db": "hidden-word"}))
    assert caught.value.code == "connector.refused"
    assert "hidden-word" not in str(caught.value)


async def test_a_secret_that_is_not_there_is_told() -> None:
    with pytest.raises(FlowError) as caught:
        await declared("postgresql://u@h/d", password=Secret(secret="db")).connect(opening(Path()))
    assert caught.value.code == "connector.secret"


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_encryption_that_was_asked_for_is_not_given_up(url: str, tmp_path: Path) -> None:
    with pytest.raises(FlowError) as caught:
        await declared(url, tls="verify").connect(opening(tmp_path))
    assert caught.value.code == "connector.unavailable"


def test_the_way_to_another_machine_is_encrypted(tmp_path: Path) -> None:
    way = opening(tmp_path)
    made = declared("postgresql://h/d")._tls(way, "db.example.com")
    assert made is not None
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert declared("postgresql://h/d")._tls(way, "localhost") is None
    unverified = declared("postgresql://h/d", tls="unverified")._tls(way, "127.0.0.1")
    assert unverified is not None
    assert unverified.verify_mode is ssl.CERT_NONE
    with pytest.raises(FlowError, match="no file"):
        declared("postgresql://h/d", ca="p/ca.pem")._tls(way, "h")
    with pytest.raises(FlowError, match="no certificates"):
        declared("postgresql://h/d", ca="p/ca.pem")._tls(opening(tmp_path, files={"p/ca.pem": b"x"}), "h")


async def test_a_driver_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FlowError, match=r"airdock\[mssql\]") as caught:
        await declared("mssql://u@h/d").connect(opening(Path()))
    assert caught.value.code == "connector.missing"


def test_tests_of_flows_have_a_database_in_a_time_of_their_own(tmp_path: Path) -> None:
    sql = {"type": "sql", "connection": "/p/db.connection", "mode": "scalar", "statement": "select 40 + 2"}
    whole = {"type": "transaction", "connection": "/p/db.connection", "steps": [sql]}
    answer = {"type": "output", "message": "${body}"}
    files: dict[str, Any] = {
        "db.connection": {"type": "sql", "url": "postgresql://shop@db.example.com/shop"},
        "a.flow": {"timeout": "5s", "steps": [sql, {"type": "delay", "duration": "3s"}, whole, answer]},
        "a.test.json": {"cases": [{"name": "it answers", "expect": {"text": "42", "took": "3s"}}]},
    }
    for name, content in files.items():
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / name).write_text(json.dumps(content))
    report = run_tests(tmp_path)
    assert [failure.text for case in report.cases for failure in case.failures] == []
    assert report.count("passed") == 1
