"""Messages that are signed as the flow asks for are taken by it."""

from typing import Any

import pytest

from tests.unit.testing.runner.conftest import Run, messages

GENERIC: dict[str, Any] = {"scheme": "generic", "header": "X-Sign"}


@pytest.mark.parametrize(
    "signature",
    [
        {"scheme": "github"},
        {"scheme": "stripe"},
        {"scheme": "slack"},
        {**GENERIC},
        {**GENERIC, "encoding": "base64", "prefix": "v1=", "algorithm": "sha512"},
        {**GENERIC, "timestampHeader": "X-Time", "payload": "{timestamp}.{body}"},
    ],
)
def test_schemes(run: Run, signature: dict[str, Any]) -> None:
    flow = {"signature": {**signature, "secret": "hook"}}
    steps = [{"type": "output", "message": "${body.a}"}]
    send = {"json": {"a": 1}, "signed": True}
    assert (
        messages(run(steps, {"send": send, "expect": {"text": "1"}}, flow=flow, secrets={"hook": "\nold\nnew"})) == []
    )
    assert messages(run(steps, {"send": send, "expect": {"status": 401}}, flow=flow)) == []
