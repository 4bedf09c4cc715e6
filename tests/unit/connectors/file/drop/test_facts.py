import pytest

from airdock.connectors.file.drop.facts import content_type_of, facts_of, id_of
from airdock.connectors.file.paths import Found


def test_facts() -> None:
    assert facts_of(Found("in/north/a.b.csv", 3, 1_767_225_600.25), "in") == {
        "path": "in/north/a.b.csv",
        "name": "a.b.csv",
        "stem": "a.b",
        "folder": "north",
        "size": 3,
        "modified": "2026-01-01T00:00:00.250Z",
    }
    assert facts_of(Found("README", 0, 0.0), "")["stem"] == "README"


def test_another_version_has_another_id() -> None:
    found = Found("a", 3, 1.0)
    assert len({id_of(found), id_of(found._replace(size=4)), id_of(found._replace(modified=1.000001))}) == 3


@pytest.mark.parametrize(
    ("name", "charset", "wanted"),
    [
        ("a.CSV", "", "text/csv"),
        ("a.csv", "utf-16", "text/csv; charset=utf-16"),
        ("a.json", "", "application/json"),
        ("a.csv.gz", "utf-8", "application/gzip"),
        ("a.dat", "utf-8", "application/octet-stream"),
        ("README", "", "application/octet-stream"),
    ],
)
def test_content_types(name: str, charset: str, wanted: str) -> None:
    assert content_type_of(name, charset) == wanted
