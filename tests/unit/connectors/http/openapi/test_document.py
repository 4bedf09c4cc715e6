import json
from typing import Any

import pytest
import yaml

from airdock.connectors.http.openapi.document import Document, DocumentError, NoOperationError, read_document
from tests.unit.connectors.http.openapi.petstore import DOCUMENT


@pytest.mark.parametrize("content", [json.dumps(DOCUMENT), yaml.safe_dump(DOCUMENT)])
def test_operations_by_name(content: str) -> None:
    document = read_document(content.encode())
    assert list(document.operations) == ["listPets", "addPet", "getPetById", "DELETE /pets/{petId}"]
    found = document.operation("getPetById")
    assert (found.method, found.path, list(found.parameters)) == ("GET", "/pets/{petId}", ["petId"])
    assert document.operation("addPet").body is not None


def test_near_names_are_told() -> None:
    with pytest.raises(NoOperationError) as caught:
        Document(DOCUMENT).operation("getPetsById")
    assert caught.value.hint == "did you mean 'getPetById'?"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "neither JSON nor YAML"),
        (b"a: [", "neither JSON nor YAML"),
        (b"[]", "`openapi` is missing"),
        (b'{"swagger": "2.0"}', "`openapi` is missing"),
        (b'{"openapi": "4.0.0"}', "`openapi` is 4.0.0"),
    ],
)
def test_what_is_no_document(content: bytes, told: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(content)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ({"$ref": "#/components/parameters/Gone"}, "leads nowhere"),
        ({"$ref": "other.yaml#/Trace"}, "leads out of the document"),
        ({"$ref": "#/components/parameters/Round"}, "in a circle"),
        ({"name": "x"}, "a parameter needs `name`, and `in`"),
    ],
)
def test_parameters_that_cannot_be_used(parameter: Any, told: str) -> None:
    components = {"parameters": {"Round": {"$ref": "#/components/parameters/Round"}}}
    paths = {"/a": {"get": {"parameters": [parameter]}}}
    with pytest.raises(DocumentError) as caught:
        Document({"openapi": "3.1.0", "paths": paths, "components": components})
    assert told in str(caught.value)
