"""Sources that are away, are lost or end."""

import asyncio
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.spec.trigger import EndedError
from tests.unit.triggers.listener.scene import NAME, Scene, fails, lasts, play


def test_a_source_that_is_away_is_tried_for_ever() -> None:
    async def main() -> None:
        scene = Scene()
        scene.broker.away = True
        scene.begin()
        await asyncio.sleep(3600)
        state = scene.state
        assert (state.state, state.error) == ("reconnecting", "the broker is away")
        assert 0 < state.next_try - scene.clock.now() <= 36
        scene.broker.come_back()
        message = scene.broker.send("x")
        await scene.until(lambda: message.accepted)
        assert (scene.state.state, scene.state.error) == ("listening", "")
        await scene.listeners.stop(1)

    play(main)


def test_a_source_that_has_ended_is_left_alone_until_the_listener_begins_anew() -> None:
    async def main() -> None:
        scene = Scene()
        scene.broker.trouble = EndedError("nothing will come")
        scene.begin()
        await scene.until(lambda: scene.state.state == "listening")
        scene.broker.cut()
        await asyncio.sleep(3600)
        assert (scene.state.state, scene.state.error, scene.broker.tried) == ("stopped", "nothing will come", 1)
        scene.listeners.hold({NAME})
        await scene.until(lambda: scene.state.state == "paused")
        scene.listeners.hold(set())
        message = scene.broker.send("x")
        await scene.until(lambda: message.accepted)
        assert (scene.state.state, scene.state.error) == ("listening", "")
        await scene.listeners.stop(1)

    play(main)


@pytest.mark.parametrize(("asked", "waits"), [(5.0, 5.0), (0, 0.1), (1e9, 600.0), (-1.0, 0.1), ("x", 0.1)])
def test_a_source_may_say_when_it_is_opened_again(asked: Any, waits: float) -> None:
    async def main() -> None:
        scene = Scene()
        scene.broker.trouble = FlowError("connector.unavailable", "later", details={"retryAfter": asked})
        scene.begin()
        await scene.until(lambda: scene.state.state == "listening")
        scene.broker.cut()
        await scene.until(lambda: scene.state.state == "reconnecting")
        assert waits * 0.9 <= scene.state.next_try - scene.clock.now() <= waits * 1.21
        scene.broker.away = True
        await asyncio.sleep(3600)
        # While it is away, longer pauses are not cut short.
        assert scene.broker.tried < 150
        await scene.listeners.stop(1)

    play(main)


def test_a_connection_that_is_lost_is_made_again_and_nothing_is_lost() -> None:
    async def main() -> None:
        scene = Scene(concurrency=2)
        scene.works = lasts(1)
        for number in range(8):
            scene.broker.send(number)
        scene.begin()
        await asyncio.sleep(1.5)
        scene.broker.cut()
        await scene.until(lambda: not scene.broker.left)
        assert set(scene.bodies) == set(range(8))
        assert scene.broker.opened == 2
        await scene.listeners.stop(1)

    play(main)


def deaths(scene: Scene) -> dict[Any, tuple[str, int]]:
    """Of each body in the dead letters the code and the attempts."""
    letters = scene.letters.letters.values()
    return {letter.content.body: (letter.death.code, letter.death.attempts) for letter in letters}


def test_what_cannot_come_again_stays_in_hand_when_the_source_is_lost() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 3, "delay": 5.0}, prefetch=3)
        scene.works = lambda exchange: fails()(exchange) if exchange.body == "bad" else asyncio.sleep(1)
        bad, good, third = (scene.broker.send(each, once=True) for each in ("bad", "good", "third"))
        scene.begin()
        await scene.until(lambda: scene.runs)
        scene.broker.leave()
        await asyncio.sleep(60)
        # It is worked off, its attempts and its order included, while the source is away.
        assert scene.bodies == ["bad", "bad", "bad", "good", "third"]
        assert (bad.deliveries, good.accepted, third.accepted, scene.state.held) == (1, 1, 1, 0)
        assert [(letter.death.code, letter.death.attempts) for letter in scene.letters.letters.values()] == [
            ("shop.closed", 3)
        ]
        scene.broker.come_back()
        last = scene.broker.send("last", once=True)
        await scene.until(lambda: last.accepted)
        await scene.listeners.stop(1)

    play(main)


def test_what_stays_in_hand_counts_as_taken_ahead() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 2, "delay": 20.0}, prefetch=3)
        scene.works = fails()
        for number in range(2):
            scene.broker.send(number, once=True)
        scene.begin()
        await scene.until(lambda: scene.state.held == 2)
        scene.broker.cut()
        await scene.until(lambda: scene.broker.opened == 2)
        for number in range(2, 5):
            scene.broker.send(number, once=True)
        await asyncio.sleep(10)
        assert (scene.state.state, scene.state.held, len(scene.broker.queue)) == ("listening", 3, 2)
        await scene.until(lambda: not scene.broker.queue)
        await scene.listeners.stop(1)

    play(main)


def test_what_failed_and_cannot_come_again_goes_to_the_dead_letters_when_the_listener_ends() -> None:
    async def main() -> None:
        scene = Scene(concurrency=2, ordered=False, prefetch=4)
        scene.works = lambda exchange: fails()(exchange) if exchange.body == "bad" else asyncio.sleep(600)
        for body in ("bad", "long", "never begun"):
            scene.broker.send(body, once=True)
        scene.begin()
        await scene.until(lambda: scene.state.failed)
        scene.works = lasts(600)
        scene.broker.leave()
        await scene.until(lambda: scene.state.state == "reconnecting")
        await scene.listeners.stop(1)
        found = deaths(scene)
        assert found["bad"] == ("shop.closed", 1)
        assert found["long"] == ("listener.cutOff", 1)

    play(main)
