"""The AsyncAPI document of listeners and of what is published, checked by the official schema of AsyncAPI 3.0."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from airdock.agent.agent import Agent
from airdock.builtin import catalogue
from airdock.connectors.broker import BrokerConnection
from airdock.descriptor.reader import Reader
from airdock.server.asyncapi import AsyncApi, Published, build_asyncapi, published_in
from airdock.server.installation import Installation
from airdock.server.serving import make_agent
from airdock.server.settings import load_settings
from airdock.triggers.http import BufferedRequest

SCHEMA = Path(__file__).parents[2] / "suites" / "asyncapi" / "schema-3.0.0.json"
VALIDATOR = jsonschema_rs.Draft7Validator(json.loads(SCHEMA.read_text()))

ORDER = {"type": "object", "properties": {"id": {"$ref": "#/$defs/id"}}, "$defs": {"id": {"type": "integer"}}}
FILES: dict[str, Any] = {
    "shop/rabbit.connection": {
        "type": "rabbitmq",
        "url": "amqps://rabbit.internal:5671/shop",
        "user": "shop-user",
        "password": {"secret": "rabbit-password"},
        "exchange": "shop",
        "description": "The shop's broker.",
    },
    "shop/nats.connection": {"type": "nats", "servers": ["nats://n1.internal:4222", "nats://n2.internal:4222"]},
    "shop/mqtt.connection": {"type": "mqtt", "url": "mqtts://mqtt.internal", "user": "sensor-user"},
    "shop/redis.connection": {"type": "redis", "url": "redis://redis-user@redis.internal:6379/1"},
    "shop/db.connection": {"type": "sql", "url": "postgresql://db-user@db.internal/shop"},
    "shop/work.flow": {"input": ORDER, "steps": [{"type": "log", "message": "work"}]},
    "shop/orders.listener": {
        "trigger": "rabbitmq",
        "params": {"connection": "/shop/rabbit.connection", "queue": "orders", "topics": ["orders.#"]},
        "type": "flow",
        "module": "/shop/work.flow",
        "description": "Works off the orders.",
    },
    "shop/place.flow": {
        "input": ORDER,
        "output": {"type": "array"},
        "steps": [
            {"type": "publish", "connection": "/shop/rabbit.connection", "queue": "orders"},
            {
                "type": "condition",
                "cases": [
                    {
                        "when": "true",
                        "flow": {
                            "steps": [
                                {
                                    "type": "publish",
                                    "name": "tell",
                                    "connection": "/shop/nats.connection",
                                    "topic": "placed.${body.region}.${body.region}",
                                    "body": {"id": "${body.id}", "text": "No. ${body.id}", "lines": [1], "all": True},
                                    "headers": {"Source": "shop"},
                                    "key": "${body.id}",
                                }
                            ]
                        },
                    }
                ],
            },
            {"type": "publish", "connection": "/shop/rabbit.connection", "topic": "placed", "request": True},
            {"type": "publish", "topic": "${body.topic}", "body": "${body}"},
            {"type": "publish", "topic": "placed"},
        ],
    },
    "shop/audit.listener": {
        "trigger": "nats",
        "params": {"connection": "/shop/nats.connection", "subject": "placed.>", "queue": "auditors"},
        "steps": [{"type": "publish", "connection": "/shop/mqtt.connection", "topic": "audit", "body": "done"}],
    },
    "shop/sensors.listener": {
        "trigger": "mqtt",
        "params": {"connection": "/shop/mqtt.connection", "topics": ["a/+/b", "c/{d}"]},
        "steps": [{"type": "log", "message": "x"}],
    },
    "shop/news.listener": {
        "trigger": "redis",
        "params": {"connection": "/shop/redis.connection", "queue": "news"},
        "steps": [{"type": "log", "message": "x"}],
    },
    "shop/rows.listener": {
        "trigger": "postgres",
        "params": {"connection": "/shop/db.connection", "channel": "rows"},
        "steps": [{"type": "log", "message": "x"}],
    },
    "shop/billing.listener": {
        "trigger": "message",
        "params": {"topic": "placed", "client": "billing"},
        "steps": [{"type": "log", "message": "x"}],
    },
    "shop/nightly.job": {"expression": "0 0 3 * * ?", "steps": [{"type": "publish", "queue": "chores", "body": {}}]},
    "shop/chat.flow": {
        "path": "/chat/{room}",
        "websocket": {},
        "input": ORDER,
        "output": {"type": "array"},
        "steps": [{"type": "log", "message": "x"}],
    },
    "shop/broken.listener": {"trigger": "message", "params": {}, "steps": []},
}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    folder = tmp_path_factory.mktemp("flows")
    for path, content in FILES.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content))
    return loaded(folder, tmp_path_factory.mktemp("home"))


def loaded(folder: Path, home: Path) -> Agent:
    settings = load_settings({"folder": folder, "home": home}, {})
    installation = Installation(settings)
    installation.database.open()
    made = make_agent(settings, installation)
    made.load()
    installation.close()
    return made


def document(agent: Agent, *, details: bool = False) -> dict[str, Any]:
    built = build_asyncapi(published_in(agent.registry), agent.registry.connection, details=details)
    made: dict[str, Any] = json.loads(json.dumps(built))
    check(made)
    return made


def check(made: dict[str, Any]) -> None:
    """By the schema, and by what it does not say: references point to something, of the right place."""
    assert [f"{list(error.instance_path)}: {error.message}" for error in VALIDATOR.iter_errors(made)] == []
    for operation in made["operations"].values():
        channel = resolve(made, operation["channel"]["$ref"])
        for message in operation["messages"]:
            assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")
            assert resolve(made, message["$ref"]) in channel["messages"].values()
    for channel in made["channels"].values():
        assert channel["servers"]
        assert all(resolve(made, server["$ref"]) for server in channel["servers"])
        named = {part.partition("}")[0] for part in (channel["address"] or "").split("{")[1:]}
        assert named == set(channel.get("parameters", {}))
        for message in channel["messages"].values():
            if "$ref" in message.get("payload", {}):
                resolve(made, message["payload"]["$ref"])


def resolve(made: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        made = made[part.replace("~1", "/").replace("~0", "~")]
    return made


def test_a_listener_receives_from_its_channel_what_its_flow_takes(agent: Agent) -> None:
    made = document(agent)
    operation = made["operations"]["receive_shop_orders"]
    assert operation["action"] == "receive"
    assert operation["description"] == "Works off the orders."
    assert operation["tags"] == [{"name": "shop"}]
    assert operation["bindings"] == {"amqp": {"ack": True}}
    channel = resolve(made, operation["channel"]["$ref"])
    assert channel["address"] == "orders"
    assert channel["bindings"]["amqp"]["is"] == "queue"
    payload = resolve(made, operation["messages"][0]["$ref"])["payload"]
    assert resolve(made, payload["$ref"])["properties"]["id"] == {"$ref": payload["$ref"] + "/$defs/id"}


def test_who_sends_to_a_queue_and_who_reads_it_have_one_channel(agent: Agent) -> None:
    made = document(agent)
    sends, receives = made["operations"]["send_shop_place_1"], made["operations"]["receive_shop_orders"]
    assert sends["action"] == "send"
    assert sends["channel"] == receives["channel"]
    # The first step sends on what the flow was called with.
    messages = resolve(made, sends["channel"]["$ref"])["messages"]
    assert messages["send_shop_place_1"]["payload"] == {"$ref": "#/components/schemas/shop_place.input"}


def test_a_step_inside_others_tells_the_shape_of_what_it_sends(agent: Agent) -> None:
    made = document(agent)
    name = next(name for name, each in made["operations"].items() if each["title"] == "tell")
    operation = made["operations"][name]
    channel = resolve(made, operation["channel"]["$ref"])
    assert channel["address"] == "placed.{region}.{region_2}"
    message = channel["messages"][name]
    assert message["contentType"] == "application/json"
    assert message["payload"]["properties"] == {
        "id": {},
        "text": {"type": "string"},
        "lines": {"type": "array"},
        "all": {"type": "boolean"},
    }
    assert set(message["headers"]["properties"]) == {"airdock-run", "source"}


def test_requests_have_a_reply_and_what_only_a_run_knows_is_left_open(agent: Agent) -> None:
    made = document(agent)
    request = made["operations"]["send_shop_place_3"]
    assert request["reply"] == {}
    exchange = resolve(made, request["channel"]["$ref"])["bindings"]["amqp"]
    assert exchange["is"] == "routingKey"
    assert exchange["exchange"]["name"] == "shop"
    unknown = resolve(made, made["operations"]["send_shop_place_4"]["channel"]["$ref"])
    assert unknown["address"] is None
    assert "payload" not in unknown["messages"]["send_shop_place_4"]
    last = resolve(made, made["operations"]["send_shop_place_5"]["messages"][0]["$ref"])
    assert resolve(made, last["payload"]["$ref"]) == {"type": "array"}


def test_the_hub_is_a_server_and_its_listeners_and_senders_meet(agent: Agent) -> None:
    made = document(agent)
    received, sent = made["operations"]["receive_shop_billing"], made["operations"]["send_shop_place_5"]
    assert received["channel"] == sent["channel"]
    assert resolve(made, received["channel"]["$ref"])["servers"] == [{"$ref": "#/servers/hub"}]
    chores = made["operations"]["send_shop_nightly_job_1"]
    assert resolve(made, chores["channel"]["$ref"])["address"] == "chores"


def test_patterns_are_addresses_but_for_those_that_would_be_read_as_parameters(agent: Agent) -> None:
    made = document(agent)
    names = [f"receive_shop_sensors{suffix}" for suffix in ("", "_2")]
    assert [resolve(made, made["operations"][name]["channel"]["$ref"])["address"] for name in names] == ["a/+/b", None]


def test_a_flow_that_takes_websockets_is_a_channel_with_what_comes_and_what_is_sent_back(agent: Agent) -> None:
    made = document(agent)
    comes, back = made["operations"]["receive_shop_chat"], made["operations"]["send_shop_chat"]
    assert (comes["action"], back["action"]) == ("receive", "send")
    channel = resolve(made, comes["channel"]["$ref"])
    assert comes["channel"] == back["channel"]
    assert channel["address"] == "/services/flow/shop/chat/{room}"
    assert channel["bindings"] == {"ws": {"method": "GET"}}
    assert made["servers"]["flows"]["protocol"] == "ws"
    payloads = [resolve(made, each["messages"][0]["$ref"])["payload"]["$ref"] for each in (comes, back)]
    assert payloads == ["#/components/schemas/shop_chat.input", "#/components/schemas/shop_chat.output"]


def test_what_is_not_in_force_is_not_told(agent: Agent) -> None:
    assert "broken" not in json.dumps(document(agent))


def test_the_public_document_names_neither_hosts_nor_users_nor_groups(agent: Agent) -> None:
    text = json.dumps(document(agent))
    for secret in ("internal", "-user", "password", "auditors"):
        assert secret not in text, secret
    servers = document(agent)["servers"]
    assert {server["host"] for server in servers.values()} == {"{host}"}
    assert servers["shop_rabbit"]["protocol"] == "amqps"
    assert servers["shop_rabbit"]["description"] == "The shop's broker."
    assert servers["shop_mqtt"]["protocol"] == "secure-mqtt"
    assert servers["shop_db"]["protocol"] == "sql"
    assert set(servers) == {"hub", "flows", "shop_rabbit", "shop_nats", "shop_mqtt", "shop_redis", "shop_db"}


def test_with_details_hosts_are_told_and_still_not_who_signs_in(agent: Agent) -> None:
    made = document(agent, details=True)
    text = json.dumps(made)
    assert "-user" not in text
    assert "password" not in text
    servers = made["servers"]
    assert (servers["shop_rabbit"]["host"], servers["shop_rabbit"]["pathname"]) == ("rabbit.internal:5671", "/shop")
    assert servers["shop_redis"]["host"] == "redis.internal:6379"
    assert {servers["shop_nats"]["host"], servers["shop_nats_2"]["host"]} == {"n1.internal:4222", "n2.internal:4222"}
    assert made["operations"]["receive_shop_audit"]["bindings"] == {"nats": {"queue": "auditors"}}


READER = Reader(catalogue())


def read(kind: str, content: Any) -> Any:
    return READER.read(kind, json.dumps(content).encode(), f"x.{kind}", path=f"shop/x.{kind}")


@pytest.mark.parametrize("word", list(catalogue().triggers))
def test_every_trigger_is_told_in_words_that_the_schema_knows(word: str) -> None:
    """With each connection that there is, whether it goes with the trigger or not."""
    params = dict(catalogue().triggers[word].example or {})
    if "connection" in params:
        params["connection"] = "/shop/x.connection"
    listener = {"trigger": word, "params": params, "steps": [{"type": "stop"}]}
    published = [Published("shop/x.listener", "shop", read("listener", listener))]
    for type in catalogue().connections.values():
        connection = read("connection", type.example)
        for details in (False, True):
            made = build_asyncapi(published, {"shop/x.connection": connection}.get, details=details)
            check(json.loads(json.dumps(made)))
            assert made["operations"]


@pytest.mark.parametrize(
    "type", [each for each in catalogue().connections.values() if issubclass(each, BrokerConnection)]
)
def test_every_broker_tells_where_it_sends_to(type: Any) -> None:
    connection = read("connection", type.example)
    steps = [{"type": "publish", "connection": "/shop/x.connection", kind: "orders"} for kind in ("topic", "queue")]
    published = [Published("shop/x.flow", "shop", read("flow", {"steps": steps}))]
    made = build_asyncapi(published, lambda path: connection, details=True)
    check(json.loads(json.dumps(made)))
    assert {channel["address"] for channel in made["channels"].values()} == {"orders"}
    assert all("@" not in server["host"] for server in made["servers"].values())


def test_the_document_is_made_again_only_when_something_changed(agent: Agent) -> None:
    asyncapi = AsyncApi()
    first, second = object(), object()
    before = asyncapi.json(first, agent.registry)
    assert asyncapi.json(first, agent.registry) is before
    again = asyncapi.json(second, agent.registry)
    assert again == before
    assert again is not before


def test_the_examples_make_a_valid_document(tmp_path: Path) -> None:
    agent = loaded(Path(__file__).parents[3] / "examples", tmp_path)
    assert document(agent)["operations"]


async def test_every_process_serves_it(tmp_path: Path) -> None:
    from airdock.server.serving import Serving

    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.listener").write_text(
        json.dumps({"trigger": "message", "params": {"topic": "t"}, "steps": [{"type": "log", "message": "x"}]})
    )
    serving = Serving(load_settings({"folder": tmp_path / "flows", "home": tmp_path / "home"}, {}))
    try:
        serving.load()
        answer: Any = serving.handler.answer(BufferedRequest("GET", "/services/asyncapi.json"))
        assert answer.status == 200
        check(json.loads(answer.body))
        assert list(json.loads(answer.body)["operations"]) == ["receive_a"]
    finally:
        await serving.stop()
