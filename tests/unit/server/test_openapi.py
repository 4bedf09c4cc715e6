"""The OpenAPI document of flows, and schemas embedded in it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from airdock.server.installation import Installation
from airdock.server.openapi import OpenApi, build_openapi
from airdock.server.schemas import embed
from airdock.server.serving import make_agent
from airdock.server.settings import load_settings
from airdock.spec.descriptors import AccessRule, Role
from airdock.spec.flow import Flow
from airdock.spec.protection import ApiKey, Basic, RateLimit, Signature
from airdock.spec.streaming import Events, WebSocket
from airdock.triggers.http import Route, Routes
from airdock.triggers.http.locations import Access, LocationRules

ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.com/order",
    "type": "object",
    "properties": {"item": {"$ref": "#/$defs/item"}, "parts": {"type": "array", "items": {"$ref": "#"}}},
    "$defs": {"item": {"$anchor": "item", "type": "string", "const": {"$ref": "#/untouched"}}},
}


def described(name: str = "shop/orders.flow", **fields: Any) -> Any:
    project = name.split("/")[0] if "/" in name else ""
    return SimpleNamespace(name=name, project=project, flow=Flow(steps=[], **fields))


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def check(document: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_flow_is_described_at_its_own_path_and_at_its_file() -> None:
    flow = described(
        path="/orders/{id}", methods=["GET", "PUT"], input=ORDER, output={"type": "array"}, description="All."
    )
    document = build_openapi([flow], "/dirigible")
    check(document)
    assert document["servers"] == [{"url": "/dirigible"}]
    assert set(document["paths"]) == {"/services/flow/shop/orders/{id}", "/services/flow/shop/orders.flow"}
    item = document["paths"]["/services/flow/shop/orders/{id}"]
    assert [parameter["name"] for parameter in item["parameters"]] == ["id"]
    assert "requestBody" not in item["get"]
    assert item["put"]["requestBody"]["required"] is True
    assert item["put"]["tags"] == ["shop"]
    assert item["put"]["description"] == "All."
    answer = item["put"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert resolve(document, answer["$ref"]) == {"type": "array"}
    assert {"400", "404", "405", "413", "500", "503"} < set(item["put"]["responses"])


def test_a_flow_that_answers_every_method_is_documented_as_get_and_post() -> None:
    item = build_openapi([described("hello.flow")])["paths"]["/services/flow/hello.flow"]
    assert set(item) == {"get", "post"}
    assert "tags" not in item["get"]


def test_event_streams_and_websockets_are_told() -> None:
    document = build_openapi([described("p/a.flow", events=Events()), described("p/b.flow", websocket=WebSocket())])
    check(document)
    events, socket = (document["paths"][f"/services/flow/p/{name}.flow"] for name in "ab")
    assert list(events) == list(socket) == ["get"]
    assert list(events["get"]["responses"]["200"]["content"]) == ["text/event-stream"]
    assert {"101", "403", "426"} < set(socket["get"]["responses"])
    assert "200" not in socket["get"]["responses"]
    assert "426" not in events["get"]["responses"]


def test_roles_and_timeout_are_told() -> None:
    item = build_openapi([described(roles=["sales", "admin"], timeout=3.0)])["paths"]["/services/flow/shop/orders.flow"]
    assert "admin, sales" in item["get"]["description"]
    assert "504" in item["get"]["responses"]


def test_what_a_flow_asks_of_its_callers_is_told() -> None:
    fields = {
        "roles": ["User"],
        "api_key": ApiKey(header="X-Key", secret="k"),
        "signature": Signature(scheme="github", secret="s"),
        "rate_limit": RateLimit(limit=1, per=1.0),
    }
    flows = [
        described("p/all.flow", **fields),
        described("p/own.flow", api_key=ApiKey(query="X-Key", secret="k"), basic=Basic(secret="u")),
        described("p/open.flow"),
    ]
    document = build_openapi(flows)
    check(document)
    operations = {name: document["paths"][f"/services/flow/p/{name}.flow"]["get"] for name in ("all", "own", "open")}
    assert operations["all"]["security"] == [
        {"bearer": [], "apiKey.X-Key": [], "signature.X-Hub-Signature-256": []},
        {"basic": [], "apiKey.X-Key": [], "signature.X-Hub-Signature-256": []},
    ]
    assert operations["own"]["security"] == [{"apiKey.X-Key_": []}, {"password": []}]
    assert {"401", "403", "409", "429"} < set(operations["all"]["responses"])
    assert {"401", "403", "409", "429"} & set(operations["own"]["responses"]) == {"401"}
    assert not {"401", "403", "409", "429"} & set(operations["open"]["responses"])
    assert "security" not in operations["open"]
    schemes = document["components"]["securitySchemes"]
    assert schemes["apiKey.X-Key"] == {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert schemes["apiKey.X-Key_"]["in"] == "query"
    assert set(schemes) >= {"bearer", "basic", "password"}


def test_rules_for_a_location_are_told_at_both_addresses_and_for_their_methods() -> None:
    rule = AccessRule(location="/p/orders", roles=[Role(role="Sales")], methods=["POST"])
    flow = described("p/a.flow", path="/orders/{id}")
    addresses = ["/services/flow/p/a.flow", "/services/flow/p/orders/{id}"]
    routes = Routes(
        Route(address, None, access=Access(LocationRules([rule]), addresses, address)) for address in addresses
    )
    document = json.loads(OpenApi().json(routes, [flow]))
    check(document)
    for address in addresses:
        item = document["paths"][address]
        assert "security" not in item["get"]
        assert item["post"]["security"] == [{"bearer": []}, {"basic": []}]
        assert "Sales" in item["post"]["description"]


def test_paths_that_differ_only_in_parameter_names_are_one_path() -> None:
    flows = [
        described("p/a.flow", path="/x/{id}", methods=["GET"]),
        described("p/b.flow", path="/x/{name}", methods=["POST"]),
    ]
    document = build_openapi(flows)
    check(document)
    assert set(document["paths"]["/services/flow/p/x/{id}"]) == {"parameters", "get", "post"}


def test_references_of_an_embedded_schema_stay_resolvable() -> None:
    document = build_openapi([described(input=ORDER)])
    check(document)
    schema = document["components"]["schemas"]["shop_orders.input"]
    assert resolve(document, schema["properties"]["item"]["$ref"]) is schema["$defs"]["item"]
    assert resolve(document, schema["properties"]["parts"]["items"]["$ref"]) is schema
    assert schema["$defs"]["item"]["const"] == {"$ref": "#/untouched"}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("#", "#/at"),
        ("#/$defs/a", "#/at/$defs/a"),
        ("#named", "#/at/$defs/a"),
        ("https://example.com/s#/$defs/a", "#/at/$defs/a"),
        ("https://example.com/s", "#/at"),
        ("https://example.com/other", "https://example.com/other"),
    ],
)
def test_each_kind_of_reference(reference: str, expected: str) -> None:
    schema = {"$id": "https://example.com/s", "$ref": reference, "$defs": {"a": {"$anchor": "named"}}}
    embedded = embed(schema, "#/at")
    assert isinstance(embedded, dict)
    assert embedded["$ref"] == expected


def test_a_property_called_ref_is_not_a_reference_and_inner_documents_stay() -> None:
    inner = {"$id": "https://example.com/inner", "$ref": "#/$defs/x"}
    schema = {"properties": {"$ref": {"$ref": "#"}, "const": {"$ref": "#"}}, "items": inner, "$dynamicRef": "#"}
    assert embed(schema, "#/at") == {
        "properties": {"$ref": {"$ref": "#/at"}, "const": {"$ref": "#/at"}},
        "items": inner,
        "$ref": "#/at",
    }


def test_the_document_is_made_again_only_when_the_flows_changed() -> None:
    openapi = OpenApi()
    first, second = object(), object()
    before = openapi.json(first, [described("a/a.flow")])
    assert openapi.json(first, []) is before
    assert json.loads(openapi.json(second, []))["paths"] == {}


def test_the_flows_of_every_example_make_a_valid_document(tmp_path: Path) -> None:
    settings = load_settings({"folder": Path(__file__).parents[3] / "examples", "home": tmp_path}, {})
    installation = Installation(settings)
    installation.database.open()
    for name in ("orders-webhook", "github-webhook", "partner-keys"):
        installation.secrets.set(name, "a secret", by="local")
    agent = make_agent(settings, installation)
    agent.load()
    installation.close()
    document = json.loads(json.dumps(build_openapi(agent.flows.values(), routes=agent.routes)))
    check(document)
    assert len(document["paths"]) >= len(agent.flows) > 0
    assert document["paths"]["/services/flow/webhook/prices.flow"]["get"]["security"] == [{"apiKey.X-API-Key": []}]


names = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
literals = st.text(
    st.characters(exclude_characters="/{}?#\\", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=6
)
segments = literals | st.from_regex(r"\{[A-Za-z_][A-Za-z0-9_]{0,3}\}", fullmatch=True)
paths = st.just("") | st.lists(segments, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
SAFE = [True, {}, {"type": "string"}, {"enum": [{"$ref": "#/x"}]}, {"$ref": "#/$defs/x"}, {"$ref": "#here"}]
CYCLIC = [{"$ref": "#"}, {"$ref": "#/allOf/0"}, {"$dynamicRef": "#"}]


def schemas_of(leaves: list[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            st.builds(lambda value: {"type": "array", "items": value}, inner),
            st.builds(lambda values: {"anyOf": values}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(
                lambda values: {"properties": values},
                st.dictionaries(names | st.sampled_from(["$ref", "const", "$id"]), inner, max_size=3),
            ),
        ),
        max_leaves=6,
    ).map(lambda schema: {"allOf": [schema], "$defs": {"x": {"type": "integer", "$anchor": "here"}}})


schemas = schemas_of(SAFE)
flows = st.builds(
    described,
    st.builds(lambda project, file: f"{project}/{file}.flow", names, names) | names.map(lambda file: f"{file}.flow"),
    path=paths,
    methods=st.none() | st.lists(st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS"]), min_size=1, max_size=3),
    input=st.none() | schemas,
    output=st.none() | schemas,
    description=st.text(max_size=10),
    roles=st.lists(names, max_size=2),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(flows, max_size=4, unique_by=lambda flow: flow.name))
def test_any_flows_make_a_valid_document(described_flows: list[Any]) -> None:
    document = json.loads(json.dumps(build_openapi(described_flows)))
    check(document)
    for reference in _references(document["components"]["schemas"]):
        resolve(document, reference)


@settings(deadline=None)
@given(schemas_of(SAFE + CYCLIC))
def test_every_reference_of_an_embedded_schema_can_be_resolved(schema: Any) -> None:
    document = {"at": embed(schema, "#/at")}
    for reference in _references(document):
        assert reference == "#/at" or reference.startswith("#/at/")
        resolve(document, reference)


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [reference for each in schema for reference in _references(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return own + [reference for key, each in schema.items() if key != "enum" for reference in _references(each)]
