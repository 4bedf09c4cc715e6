"""Calls of the host, by leaving the script and running it again."""

import asyncio
from typing import Any

from airdock.errors import FlowError
from airdock.scripts.javascript import JavaScriptLimits
from tests.unit.scripts.javascript.support import failure, run
from tests.unit.scripts.support import make_exchange

MESSAGING = "const messaging = require('service/messaging');\n"


class MemoryHost:
    """A hub in memory, and every call in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[Any]]] = []
        self.clients: set[str] = set()
        self.topics: dict[str, set[str]] = {}
        self.inboxes: dict[str, list[dict[str, Any]]] = {}

    async def call(self, name: str, arguments: list[Any]) -> Any:
        self.calls.append((name, arguments))
        await asyncio.sleep(0)
        answer = getattr(self, name.partition(".")[2])
        return answer(*arguments)

    def registerClient(self, client: str) -> None:  # noqa: N802
        self.clients.add(client)

    def registerTopic(self, topic: str) -> None:  # noqa: N802
        self.topics.setdefault(topic, set())

    def isClientExists(self, client: str) -> bool:  # noqa: N802
        return client in self.clients

    def isTopicExists(self, topic: str) -> bool:  # noqa: N802
        return topic in self.topics

    def subscribe(self, client: str, topic: str) -> None:
        self.topics[topic].add(client)

    def unsubscribe(self, client: str, topic: str) -> None:
        self.topics[topic].discard(client)

    def send(self, client: str, topic: str, subject: str, body: str) -> None:
        if topic not in self.topics:
            raise FlowError("messaging.topic", f"no topic {topic}")
        message = {"topic": topic, "subject": subject, "body": body, "sender": client, "createdAt": 1700000000000}
        for subscriber in self.topics[topic]:
            self.inboxes.setdefault(subscriber, []).append(message)

    def receive(self, client: str) -> list[dict[str, Any]]:
        return self.inboxes.pop(client, [])

    def receiveByTopic(self, client: str, topic: str) -> list[dict[str, Any]]:  # noqa: N802
        return [message for message in self.inboxes.get(client, []) if message["topic"] == topic]


async def test_messages_go_from_client_to_client() -> None:
    host = MemoryHost()
    source = MESSAGING + (
        "messaging.registerClient('c1'); messaging.registerClient('c2'); messaging.registerTopic('t1');\n"
        "messaging.subscribe('c2', 't1');\n"
        "const known = [messaging.isClientExists('c1'), messaging.isClientExists('cx'),"
        " messaging.isTopicExists('t1')];\n"
        "messaging.send('c1', 't1', 'subject', { a: 1 });\n"
        "const byTopic = messaging.receiveByTopic('c2', 't1').length, messages = messaging.receive('c2');\n"
        "messaging.unsubscribe('c2', 't1'); messaging.send('c1', 't1', 's', 'b');\n"
        "exports.service = () => [known, byTopic, messages.map((m) => [m.subject, m.body, m.sender,"
        " m.createdAt.getTime()]),"
        " messaging.receive('c2').length]"
    )
    exchange = await run(source, host=host)
    assert exchange.body == [[True, False, True], 1, [["subject", '{"a":1}', "c1", 1700000000000]], 0]
    assert [name for name, _ in host.calls].count("messaging.send") == 2
    assert host.calls[0] == ("messaging.registerClient", ["c1"])


async def test_each_call_is_made_once_and_what_the_script_did_counts_once() -> None:
    host = MemoryHost()
    source = MESSAGING + (
        "const response = require('net/http/response'), context = require('core/context');\n"
        "for (let i = 0; i < 5; i++) { response.print(i); messaging.registerClient('c' + i); console.log(i);"
        " context.set('n', (context.get('n') ?? 0) + 1) }"
    )
    exchange = await run(source, host=host)
    assert exchange.response.parts == ["0", "1", "2", "3", "4"]
    assert exchange.properties == {"n": 5}
    assert host.calls == [("messaging.registerClient", [f"c{i}"]) for i in range(5)]


async def test_clock_and_chance_are_the_same_when_it_is_run_again() -> None:
    host = MemoryHost()
    source = MESSAGING + (
        "const seen = () => [Date.now(), new Date().getTime(), +new Date(), Math.random(), Date().length,"
        " performance.now()];\n"
        "for (let i = 0; i < 4; i++) messaging.registerClient(JSON.stringify(seen()));\n"
        "exports.service = () => [new Date(5).getTime(), new Date() instanceof Date, Math.random() < 1, new"
        " Date().constructor === Date]"
    )
    exchange = await run(source, host=host)
    assert exchange.body == [5, True, True, True]
    assert len({str(arguments) for _, arguments in host.calls}) == 4


async def test_a_script_cannot_keep_the_call_from_happening() -> None:
    host = MemoryHost()
    source = MESSAGING + (
        "let answer = 'none'; try { messaging.registerClient('a'); answer = messaging.isClientExists('a') }"
        " catch (e) { answer = 'caught' }"
        " finally { messaging.registerTopic('t') }\n"
        "exports.service = async () => { try { messaging.registerClient('b') } catch (e) { return 'caught' }"
        " return answer }"
    )
    assert (await run(source, host=host)).body is True
    assert [name for name, _ in host.calls] == [
        f"messaging.{name}" for name in ("registerClient", "isClientExists", "registerTopic", "registerClient")
    ]


async def test_without_a_hub_each_call_fails() -> None:
    error = await failure(MESSAGING + "try { messaging.receive('c') } catch (e) {}")
    assert error.code == "messaging.unavailable"
    assert "messaging.receive" in error.message
    await run(MESSAGING + "exports.service = () => 1")


async def test_an_error_of_the_host_ends_the_script() -> None:
    exchange = make_exchange()
    error = await failure(
        MESSAGING + "try { messaging.send('c', 'none', 's', 'b') } catch (e) {}", exchange, host=MemoryHost()
    )
    assert error.code == "messaging.topic"


async def test_calls_are_bounded_in_number_and_in_time() -> None:
    limits = JavaScriptLimits(host_calls=5)
    error = await failure(MESSAGING + "for (;;) messaging.registerClient('c')", host=MemoryHost(), limits=limits)
    assert (error.code, error.message) == ("script.error", "the script called the host more than 5 times")

    class Slow(MemoryHost):
        async def call(self, name: str, arguments: list[Any]) -> Any:
            await asyncio.Event().wait()

    error = await failure(MESSAGING + "messaging.receive('c')", host=Slow(), limits=JavaScriptLimits(seconds=0.1))
    assert error.code == "script.timeout"


async def test_an_answer_that_json_cannot_hold_is_an_error() -> None:
    class Odd(MemoryHost):
        async def call(self, name: str, arguments: list[Any]) -> Any:
            return object()

    assert (await failure(MESSAGING + "messaging.receive('c')", host=Odd())).code == "script.result"
