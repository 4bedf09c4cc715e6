import json
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.http.openapi.document import DocumentError
from airdock.connectors.http.openapi.importing import Imported, import_openapi
from airdock.testing import run_tests
from tests.unit.connectors.http.openapi.petstore import DOCUMENT


def imported(document: Any = DOCUMENT) -> Imported:
    return import_openapi(json.dumps(document).encode(), "pets.json", "pets")


def test_a_project_whose_tests_pass(tmp_path: Path) -> None:
    made = imported()
    folder = tmp_path / "pets"
    folder.mkdir()
    for path, content in made.files.items():
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content))
    report = run_tests(tmp_path)
    failures = [failure.text for case in report.cases for failure in case.failures]
    assert (report.problems, failures, report.count("passed")) == ([], [], 4)


def test_what_a_flow_calls() -> None:
    files = imported().files
    step = files["listPets.flow"]["steps"][0]
    assert (step["operation"], step["params"]["limit"]) == ("listPets", "${request.query.limit}")
    assert step["params"]["tags"] == "${request.queryAll.tags}"
    assert step["params"]["X-Trace"] == "${request.headers.`x-trace`}"
    assert "where" not in step["params"]
    assert files["addPet.flow"]["steps"][0]["body"] == "${body}"
    assert files["DELETE_pets_petId.flow"]["steps"][0]["operation"] == "DELETE /pets/{petId}"


def test_a_path_belongs_to_one_flow() -> None:
    files = imported().files
    assert files["getPetById.flow"]["path"] == "/getPetById/{petId}"
    item = {"parameters": [{"name": "petId", "in": "path", "schema": {}}], "get": {"operationId": "getPet"}}
    assert imported({**DOCUMENT, "paths": {"/pets/{petId}": item}}).files["getPet.flow"]["path"] == "/pets/{petId}"
    odd = imported({**DOCUMENT, "paths": {"/pets/{petId}.json": item}})
    flow = odd.files["getPet.flow"]
    assert ("path" in flow, flow["steps"][0]["params"]["petId"]) == (False, "${request.query.petId}")
    assert any("no flow has the path /pets/{petId}.json" in note for note in odd.notes)


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        ({"type": "http", "scheme": "bearer"}, {"type": "bearer", "token": {"secret": "pets-key"}}),
        (
            {"type": "apiKey", "in": "header", "name": "X-Key"},
            {"type": "apiKey", "header": "X-Key", "key": {"secret": "pets-key"}},
        ),
        ({"type": "oauth2"}, None),
    ],
)
def test_the_connection(scheme: Any, auth: Any) -> None:
    parts = {**DOCUMENT["components"], "securitySchemes": {"one": scheme}}
    made = imported({**DOCUMENT, "components": parts, "servers": [{"url": "https://pets.example.com/v2/"}]})
    connection = made.files["pets.connection"]
    assert (connection["url"], connection["openapi"]) == ("https://pets.example.com/v2", "/pets/pets.json")
    assert connection.get("auth") == auth


def test_a_server_that_is_no_address_is_told() -> None:
    made = imported({**DOCUMENT, "servers": [{"url": "/v2"}]})
    assert made.files["pets.connection"]["url"] == "https://example.com"
    assert any("names no full address ('/v2')" in note for note in made.notes)


def test_what_is_no_document() -> None:
    with pytest.raises(DocumentError):
        imported({"swagger": "2.0"})
