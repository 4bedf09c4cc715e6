"""The declarations of flows that go on answering."""

from typing import Any

import pytest

from tests.unit.flows import Flows


def problems(flows: Flows, **flow: Any) -> list[str]:
    flows.write("p/f.flow", {"steps": [], **flow})
    return [problem.message for each in flows.client().agent.artefacts for problem in each.problems]


@pytest.mark.parametrize(
    "flow",
    [
        {"events": {}},
        {"events": {"topic": "orders", "keepAlive": "1m", "retry": "0s", "maxAge": "1d"}, "methods": ["GET", "POST"]},
        {"events": {"topic": "orders.${request.params.shop}.${config.region}"}, "path": "/orders/{shop}"},
        {"websocket": {"topic": "chat.${request.user.name}", "origins": ["https://www.example.com"]}},
        {"websocket": {"format": "text", "concurrency": 5, "maxMessage": "64KB"}, "output": {"type": "string"}},
    ],
)
def test_declarations(flows: Flows, flow: dict[str, Any]) -> None:
    assert problems(flows, **flow) == []


@pytest.mark.parametrize(
    ("flow", "part"),
    [
        ({"events": {"topic": "${request.query.topic}"}}, "begins with plain text"),
        ({"events": {"topic": "a.${body.kind}"}}, "known before anything runs"),
        ({"events": {"topic": "a.${properties.kind}"}}, "known before anything runs"),
        ({"events": {"topic": "a.${request.form.kind}"}}, "known before anything runs"),
        ({"events": {"topic": "a.${run.id}"}}, "known before anything runs"),
        ({"events": {"topic": "a b"}}, "no topic is called so"),
        ({"events": {"maxAge": "0s"}}, "`maxAge` is from"),
        ({"events": {"keepAlive": "1ms"}}, "`keepAlive` is from"),
        ({"events": {"retry": "2h"}}, "`retry` is at most"),
        ({"events": {}, "output": {}}, "`output` is for an answer"),
        ({"events": {}, "websocket": {}}, "keep one of the two"),
        ({"websocket": {}, "methods": ["GET"]}, "leave `methods` out"),
        ({"websocket": {}, "signature": {"scheme": "github", "secret": "s"}}, "without a body that could be signed"),
        ({"websocket": {"origins": ["*"]}}, "an origin such as"),
        ({"websocket": {"origins": ["https://www.example.com/page"]}}, "an origin such as"),
    ],
)
def test_what_is_refused(flows: Flows, flow: dict[str, Any], part: str) -> None:
    found = problems(flows, **flow)
    assert any(part in message for message in found), found
