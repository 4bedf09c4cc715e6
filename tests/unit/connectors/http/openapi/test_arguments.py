from typing import Any

import pytest

from airdock.connectors.http.openapi.arguments import Arguments
from airdock.connectors.http.openapi.document import Document, DocumentError
from airdock.errors import FlowError
from tests.unit.connectors.http.openapi.petstore import DOCUMENT


def arguments(operation: str) -> Arguments:
    document = Document(DOCUMENT)
    return Arguments(document, document.operation(operation))


def written(operation: str, given: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    made = arguments(operation)
    made.names(given)
    for name, value in given.items():
        made.value(name, value)
    return made.written(given)


def told(operation: str, given: dict[str, Any]) -> str:
    with pytest.raises(FlowError) as caught:
        written(operation, given)
    assert caught.value.code == "connector.http.arguments"
    return caught.value.message


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"limit": 5}, "limit=5"),
        ({"limit": "5"}, "limit=5"),
        ({"limit": None}, ""),
        ({"tags": ["a b", "c&d"]}, "tags=a%20b&tags=c%26d"),
        ({"ids": [1, "2,3"]}, "ids=1,2%2C3"),
        ({"where": {"name": "x y", "n": 1}}, "where%5Bname%5D=x%20y&where%5Bn%5D=1"),
        ({"filter": {"a": [1]}}, "filter=%7B%22a%22%3A%5B1%5D%7D"),
    ],
)
def test_queries(given: dict[str, Any], query: str) -> None:
    assert written("listPets", given) == ("/pets", query, {})


def test_headers_and_cookies() -> None:
    found = written("listPets", {"X-Trace": "t 1", "session": "a;b"})
    assert found == ("/pets", "", {"X-Trace": "t 1", "Cookie": "session=a%3Bb"})
    assert "has characters that no header has" in told("listPets", {"X-Trace": "t\r\nX-Evil: 1"})


def test_paths() -> None:
    assert written("getPetById", {"petId": 7})[0] == "/pets/7"
    assert written("getPetById", {"petId": "7"})[0] == "/pets/7"


@pytest.mark.parametrize(
    ("operation", "given", "message"),
    [
        ("getPetById", {}, "getPetById: the parameter 'petId' is missing"),
        ("getPetById", {"petId": None}, "getPetById: the parameter 'petId' is missing"),
        ("getPetById", {"pedId": 1}, "getPetById: there is no parameter 'pedId': did you mean 'petId'?"),
        ("getPetById", {"petId": "../admin"}, "getPetById: the parameter 'petId' does not fit"),
        ("listPets", {"limit": "many"}, "listPets: the parameter 'limit' does not fit"),
        ("listPets", {"limit": 101}, "listPets: the parameter 'limit' does not fit: 101 is greater"),
        ("listPets", {"limit": "101"}, "listPets: the parameter 'limit' does not fit"),
        ("listPets", {"tags": "a"}, "listPets: the parameter 'tags' does not fit"),
        ("listPets", {"limit": True}, "listPets: the parameter 'limit' does not fit"),
    ],
)
def test_what_does_not_fit(operation: str, given: dict[str, Any], message: str) -> None:
    assert told(operation, given).startswith(message)


@pytest.mark.parametrize(("value", "path"), [("a/b", "/f/a%2Fb"), ("ä?#", "/f/%C3%A4%3F%23")])
def test_a_value_in_a_path_is_one_segment(value: str, path: str) -> None:
    parameter = {"name": "name", "in": "path", "schema": {"type": "string"}}
    document = Document({"openapi": "3.1.0", "paths": {"/f/{name}": {"get": {"parameters": [parameter]}}}})
    made = Arguments(document, document.operation("GET /f/{name}"))
    assert made.written({"name": value})[0] == path
    for odd in ("", ".", ".."):
        with pytest.raises(FlowError, match="stands in the path"):
            made.written({"name": odd})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "Rex", "age": 3, "mother": {"name": "Luna", "age": None}}, ""),
        (b"raw", ""),
        ({"age": 3}, 'the body does not fit: "name" is a required property'),
        ({"name": "Rex", "mother": {"name": 5}}, "the body does not fit: mother.name: 5 is not of type"),
        ({"name": "Rex", "age": 0}, "the body does not fit: age: 0 is less than or equal"),
        (None, "the body is missing"),
    ],
)
def test_bodies(body: Any, message: str) -> None:
    made = arguments("addPet")
    if not message:
        made.body(body)
        return
    with pytest.raises(FlowError) as caught:
        made.body(body)
    assert message in caught.value.message


def test_a_body_where_there_is_none() -> None:
    with pytest.raises(FlowError, match="getPetById: it takes no body"):
        arguments("getPetById").body({})


def test_a_schema_that_cannot_be_used() -> None:
    parameter = {"name": "a", "in": "query", "schema": {"type": "nothing"}}
    document = Document({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [parameter]}}}})
    with pytest.raises(DocumentError, match="a schema cannot be used"):
        Arguments(document, document.operation("GET /a"))
