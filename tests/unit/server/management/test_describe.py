"""The OpenAPI document of the API."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from airdock.server.management.describe import describe
from tests.unit.server.management.installation import Installation
from tests.unit.server.management.walking import walk


@pytest.fixture
def document(served: Installation) -> dict[str, Any]:
    return describe(served.app.api)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_it_is_a_good_document(document: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_it_has_every_route_by_a_name_of_its_own(document: dict[str, Any], served: Installation) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(set(names)) == len(names)
    assert set(names) == {route.operation for route in walk(served.app.api)} - {"index", "metrics"}


def test_every_operation_tells_its_story(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"], operation
        assert operation["tags"], operation
        assert [each["name"] for each in operation["parameters"] if not each.get("description")] == []
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        assert any(status < "4" for status in operation["responses"])


def test_bodies_are_described(document: dict[str, Any]) -> None:
    paths = document["paths"]
    upload = paths["/api/v1/workspace/{project}/archive"]["put"]["requestBody"]
    assert upload == {
        "required": True,
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
    user = paths["/api/v1/users"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert user == {"$ref": "#/components/schemas/NewUser"}
    page = paths["/api/v1/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert document["components"]["schemas"][page["$ref"].rpartition("/")[2]]["properties"]["items"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/User"},
    }


def test_names_are_those_on_the_wire(document: dict[str, Any]) -> None:
    user = document["components"]["schemas"]["User"]
    assert "displayName" in user["properties"]
    assert set(user["required"]) == set(user["properties"])
    assert "last_seen" not in user["description"]
    [start] = [each for each in parameters(document, "/api/v1/registry/{project}/difference") if each["name"] == "from"]
    assert start["schema"] == {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def test_how_to_sign_in_and_what_is_needed_is_told(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"token", "password", "session"}
    publish = document["paths"]["/api/v1/workspace/{project}/publish"]["post"]
    assert publish["x-permission"] == "registry.publish"
    assert publish["security"]
    assert document["paths"]["/api/v1/session"]["post"]["security"] == []
    assert {"401", "403", "404", "409", "413", "415", "422"} <= set(publish["responses"])


def parameters(document: dict[str, Any], path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["paths"][path]["get"]["parameters"]
    return found
