"""`airdock listeners`: what it asks a server for, and what it prints."""

import httpx

from tests.unit.cli.answering import Serve, page
from tests.unit.cli.program import Program


def test_listeners_are_listed(airdock: Program, serve: Serve) -> None:
    node = {"node": "n1", "state": "reconnecting", "since": "2026-05-04T10:00:00Z", "error": "away", "received": 7}
    listener = {
        "name": "shop/orders.listener", "trigger": "message", "state": "reconnecting", "pausedBy": "ann",
        "deadLetters": 2, "nodes": [node],
    }  # fmt: skip
    serve(page(listener), page(listener), page())
    _, line, error = airdock("listeners").out.splitlines()
    assert line.split() == ["shop/orders.listener", "message", "reconnecting", "7", "0", "2", "paused", "by", "ann"]
    assert error.strip() == "away"
    assert airdock("listeners", "--json").json()[0]["deadLetters"] == 2
    assert airdock("listeners").out == "there is no listener\n"


def test_a_listener_is_paused_and_goes_on(airdock: Program, serve: Serve) -> None:
    answers = serve(httpx.Response(204), httpx.Response(204))
    assert airdock("listeners", "pause", "shop/orders").out == "shop/orders is paused\n"
    assert airdock("listeners", "resume", "shop/orders").out == "shop/orders goes on\n"
    assert answers.asked == [
        "PUT /api/v1/listeners/paused/shop/orders",
        "DELETE /api/v1/listeners/paused/shop/orders",
    ]
