"""`airdock import`: files are written, and what is lost is told."""

from tests.unit.cli.program import Program
from tests.unit.flows import Flows

GOOD = "- from: {uri: 'direct:hello', steps: [{setBody: {simple: 'Hello ${header.name}'}}]}\n"
BAD = "- from: {uri: 'direct:hello', steps: [{to: 'http:example.org'}]}\n"


def test_a_whole_translation(airdock: Program, flows: Flows) -> None:
    flows.write("shop.camel.yaml", GOOD)
    ended = airdock("import", "camel-yaml", "shop.camel.yaml")
    assert (ended.code, ended.out) == (0, "wrote shop/hello.flow\n")
    assert airdock("call", "shop/hello.flow", "-H", "name: Joe", "-q").out == "Hello Joe"


def test_what_is_lost_is_told_with_its_line(airdock: Program, flows: Flows) -> None:
    flows.write("shop.yaml", BAD)
    ended = airdock("import", "camel-yaml", "shop.yaml", "--project", "p", "--dry-run")
    assert ended.code == 1
    assert ended.out.startswith("would write p/hello.flow\n\nNot translated:\n  shop.yaml:1:")
    assert not (flows.folder / "p").exists()


def test_for_programs(airdock: Program, flows: Flows) -> None:
    flows.write("shop.yaml", BAD)
    document = airdock("import", "camel-yaml", "shop.yaml", "--json").json()
    assert (document["project"], list(document["files"])) == ("shop", ["hello.flow"])
    assert (document["notes"][0]["line"], document["notes"][0]["lost"]) == (1, True)


def test_files_are_not_replaced_unasked(airdock: Program, flows: Flows) -> None:
    flows.write("shop.yaml", GOOD)
    flows.write("shop/hello.flow", {"steps": []})
    ended = airdock("import", "camel-yaml", "shop.yaml")
    assert ended.code == 1
    assert "is there already" in ended.err
    assert airdock("import", "camel-yaml", "shop.yaml", "--force").code == 0


def test_what_cannot_be_read(airdock: Program, flows: Flows) -> None:
    flows.write("no.yaml", "- route: [")
    assert airdock("import", "camel-yaml", "no.yaml").code == 2
    assert airdock("import", "camel-yaml", "none.yaml").code == 2


PETS = """
openapi: 3.0.3
paths:
  /pets/{petId}:
    get:
      operationId: getPetById
      parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
  /pets:
    head: {operationId: lookAtPets}
"""


def test_a_project_of_an_openapi_document(airdock: Program, flows: Flows) -> None:
    flows.write("pets.yaml", PETS)
    ended = airdock("import", "openapi", "pets.yaml", "--dir", "made")
    assert ended.code == 0
    assert "wrote made/pets/getPetById.flow" in ended.out
    assert "lookAtPets: no flow answers HEAD" in ended.out
    assert airdock("check", "made").code == 0
    assert airdock("test", "made").code == 0
    assert airdock("import", "openapi", "pets.yaml", "--dir", "made").code == 1


def test_what_is_no_openapi_document(airdock: Program, flows: Flows) -> None:
    flows.write("pets.yaml", "swagger: '2.0'")
    ended = airdock("import", "openapi", "pets.yaml")
    assert (ended.code, "no OpenAPI document of version 3" in ended.err) == (2, True)
