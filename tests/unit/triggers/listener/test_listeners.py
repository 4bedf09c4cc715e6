"""A listener as its broker and its flow see it."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.trigger import EndedError
from airdock.streams import Stream
from airdock.testing.virtual import run_virtually
from tests.unit.triggers.listener.scene import NAME, Scene, fails, lasts


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtually(scene, longest=20.0)


def test_what_arrives_is_run_and_accepted() -> None:
    async def main() -> None:
        scene = Scene()
        message = scene.broker.send(b'{"n": 1}', content_type="application/json", id="a", key="k", about={"topic": "t"})
        scene.begin()
        await scene.until(lambda: message.accepted)
        assert scene.bodies == [{"n": 1}]
        assert scene.exchanges[0].properties["message"] == {
            "id": "a",
            "key": "k",
            "topic": "t",
            "trigger": "memory",
            "attempt": 1,
            "redelivered": False,
        }
        state = scene.state
        assert (state.name, state.trigger, state.state) == (NAME, "memory", "listening")
        assert (state.received, state.succeeded, state.failed, state.held) == (1, 1, 0, 0)
        await scene.listeners.stop(1)
        assert scene.broker.open_now == 0

    play(main)


def test_nothing_is_accepted_while_its_run_goes_on() -> None:
    async def main() -> None:
        scene = Scene()
        scene.works = lasts(5)
        message = scene.broker.send("x")
        scene.begin()
        await scene.until(lambda: scene.runs)
        await asyncio.sleep(4)
        assert (message.accepted, scene.state.in_flight) == (0, 1)
        await scene.until(lambda: message.accepted)
        await scene.listeners.stop(1)

    play(main)


def test_a_failed_run_is_tried_again_after_its_delay_and_lies_in_the_dead_letters_at_last() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 4, "delay": 2.0, "backoff": 3.0, "max_delay": 10.0})
        scene.works = fails()
        message = scene.broker.send("x", id="a")
        scene.begin()
        await scene.until(lambda: message.accepted)
        times = [at for _, at in scene.runs]
        assert [round(later - earlier, 1) for earlier, later in pairwise(times)] == [2.0, 6.0, 10.0]
        assert [exchange.run.attempt for exchange in scene.exchanges] == [1, 2, 3, 4]
        (letter,) = scene.letters.letters.values()
        assert (letter.listener, letter.source, letter.content.body, letter.content.id) == (NAME, "memory", "x", "a")
        assert (letter.death.code, letter.death.attempts) == ("shop.closed", 4)
        assert letter.death.run == scene.exchanges[-1].run.id
        assert (scene.state.failed, scene.state.redelivered, scene.state.dead) == (4, 3, 1)
        await scene.listeners.stop(1)

    play(main)


def test_content_that_cannot_be_read_lies_in_the_dead_letters_at_once() -> None:
    async def main() -> None:
        scene = Scene()
        message = scene.broker.send(b"{", content_type="application/json")
        scene.begin()
        await scene.until(lambda: message.accepted)
        (letter,) = scene.letters.letters.values()
        assert (letter.death.code, letter.death.attempts, letter.content.body) == ("request.body", 1, b"{")
        await scene.listeners.stop(1)

    play(main)


def test_what_is_faulty_from_the_start_lies_in_the_dead_letters_without_a_run() -> None:
    async def main(**fields: Any) -> None:
        scene = Scene(**fields)
        fault = FlowError("request.tooLarge", "it is larger than 10 bytes")
        message, other = scene.broker.send("part of it", id="a", fault=fault), scene.broker.send("x")
        scene.begin()
        await scene.until(lambda: message.accepted and other.accepted)
        (letter,) = scene.letters.letters.values()
        assert (letter.death.code, letter.death.attempts, letter.content.body) == ("request.tooLarge", 1, "part of it")
        assert scene.bodies in (["x"], [["x"]])
        assert (message.buried, other.buried) == (1, 0)
        await scene.listeners.stop(1)

    play(main)
    play(lambda: main(batch={"size": 2, "wait": 1.0}))


def test_a_later_message_of_the_same_key_waits_for_the_redelivery_and_others_do_not() -> None:
    async def main() -> None:
        scene = Scene(concurrency=3)
        failed = False

        def work(exchange: Exchange) -> None:
            nonlocal failed
            if exchange.body == "a1" and not failed:
                failed = True
                raise FlowError("shop.closed", "not now")

        scene.works = work
        for body in ("a1", "a2", "b1"):
            scene.broker.send(body, key=body[0])
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == ["a1", "b1", "a1", "a2"]
        await scene.listeners.stop(1)

    play(main)


def test_a_source_may_say_by_what_the_order_is_kept() -> None:
    async def main() -> None:
        scene = Scene(concurrency=3)
        scene.works = lambda exchange: scene.clock.sleep(1 if exchange.body == "a" else 0.1)
        for body, lane in (("a", "one"), ("b", "one"), ("c", "other")):
            scene.broker.send(body, key=body, lane=lane)
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == ["a", "c", "b"]
        await scene.listeners.stop(1)

    play(main)


def test_what_a_source_has_withdrawn_does_not_begin() -> None:
    async def main() -> None:
        scene = Scene(concurrency=2)
        failing = {"b"}

        async def work(exchange: Exchange) -> None:
            await scene.clock.sleep(1)
            if exchange.body in failing:
                raise FlowError("shop.closed", "not now")

        scene.works = work
        messages = [scene.broker.send(body, key=body) for body in "abcd"]
        scene.begin()
        await scene.until(lambda: len(scene.runs) == 4)
        # `b` waits for its next attempt, `c` and `d` run.
        for message in (messages[1], messages[2]):
            scene.broker.withdraw(message)
        await scene.until(lambda: messages[3].accepted and not scene.state.held)
        assert scene.bodies == ["a", "b", "c", "d"]
        assert [message.released for message in messages] == [0, 0, 0, 0]
        assert not messages[1].accepted
        await scene.listeners.stop(1)

    play(main)


def test_so_many_runs_go_on_at_once() -> None:
    async def main() -> None:
        scene = Scene(concurrency=4, prefetch=10)
        scene.works = lasts(1)
        for number in range(20):
            scene.broker.send(number)
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert (scene.most, scene.broker.most) == (4, 10)
        await scene.listeners.stop(1)

    play(main)


def test_one_run_at_a_time_keeps_the_order_whatever_fails() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 2, "delay": 1.0})
        scene.works = lambda exchange: fails()(exchange) if exchange.body == 0 else None
        for number in range(5):
            scene.broker.send(number)
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == [0, 0, 1, 2, 3, 4]
        await scene.listeners.stop(1)

    play(main)


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


def test_a_stop_lets_runs_end_and_gives_the_rest_back() -> None:
    async def main() -> None:
        scene = Scene(prefetch=3)
        scene.works = lasts(5)
        messages = [scene.broker.send(number) for number in range(3)]
        scene.begin()
        await scene.until(lambda: scene.runs)
        await scene.listeners.stop(10)
        assert [message.accepted for message in messages] == [1, 0, 0]
        assert [message.released for message in messages] == [0, 1, 1]
        assert len(scene.runs) == 1

    play(main)


def test_a_run_that_does_not_end_within_the_grace_is_cut_off_and_given_back() -> None:
    async def main() -> None:
        scene = Scene()
        scene.works = lasts(500)
        message = scene.broker.send("x")
        scene.begin()
        await scene.until(lambda: scene.runs)
        began = scene.now
        await scene.listeners.stop(10)
        assert 9.9 < scene.now - began < 12
        assert (message.accepted, message.released, scene.going) == (0, 1, 0)

    play(main)


def test_another_version_takes_over_when_the_runs_of_the_first_have_ended() -> None:
    async def main() -> None:
        scene = Scene(concurrency=2)
        scene.works = lasts(5)
        first = scene.broker.send("first")
        scene.begin()
        await scene.until(lambda: scene.runs)
        scene.listeners.switch([scene.listener(concurrency=2)])
        second = scene.broker.send("second")
        await scene.until(lambda: first.accepted and second.accepted)
        assert scene.bodies == ["first", "second"]
        assert scene.runs[1][1] - scene.runs[0][1] > 4.9
        assert (scene.broker.opened, scene.broker.open_now) == (2, 1)
        assert scene.state.succeeded == 2
        scene.listeners.switch([])
        await scene.until(lambda: not scene.broker.open_now)
        assert scene.listeners.states() == []
        await scene.listeners.stop(1)

    play(main)


def test_a_listener_with_the_same_declaration_goes_on() -> None:
    async def main() -> None:
        scene = Scene()
        scene.begin()
        await scene.until(lambda: scene.state.state == "listening")
        scene.listeners.switch([scene.activity])
        await asyncio.sleep(5)
        assert scene.broker.opened == 1
        await scene.listeners.stop(1)

    play(main)


def test_an_operator_pauses_a_listener_and_has_it_go_on() -> None:
    async def main() -> None:
        scene = Scene()
        scene.listeners.hold([NAME])
        scene.begin()
        message = scene.broker.send("x")
        await asyncio.sleep(60)
        assert (scene.state.state, message.deliveries) == ("paused", 0)
        scene.listeners.hold([])
        await scene.until(lambda: message.accepted)
        scene.listeners.hold([NAME])
        await scene.until(lambda: scene.state.state == "paused")
        assert scene.broker.open_now == 0
        await scene.listeners.stop(1)

    play(main)


def test_an_open_circuit_pauses_the_listener_and_costs_no_attempt() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 2})

        def work(exchange: Exchange) -> None:
            if scene.now < 100:
                raise FlowError("circuitBreaker.open", "the circuit is open", details={"retryAfter": 7.0})

        scene.works = work
        messages = [scene.broker.send(number) for number in range(3)]
        scene.begin()
        await scene.until(lambda: scene.runs)
        await asyncio.sleep(1)
        state = scene.state
        assert (state.state, state.error) == ("paused", "the circuit is open")
        assert 5 < state.next_try - scene.clock.now() < 7
        await scene.until(lambda: all(message.accepted for message in messages))
        assert scene.bodies[-3:] == [0, 1, 2]
        assert len(scene.runs) == 15 + 3
        assert not scene.letters.letters
        assert {exchange.run.attempt for exchange in scene.exchanges} == {1}
        assert scene.state.state == "listening"
        await scene.listeners.stop(1)

    play(main)


def test_a_batch_is_one_run_with_the_list_of_bodies() -> None:
    async def main() -> None:
        scene = Scene(batch={"size": 4, "wait": 2.0})
        for number in range(6):
            scene.broker.send(number, id=str(number))
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == [[0, 1, 2, 3], [4, 5]]
        assert scene.runs[1][1] - scene.runs[0][1] >= 2.0
        assert [message["id"] for message in scene.exchanges[1].properties["messages"]] == ["4", "5"]
        await scene.listeners.stop(1)

    play(main)


def test_the_messages_of_a_batch_that_failed_are_tried_one_by_one() -> None:
    async def main() -> None:
        scene = Scene(batch={"size": 4, "wait": 0.1}, redelivery={"attempts": 3, "delay": 1.0}, concurrency=2)
        scene.works = lambda exchange: fails()(exchange) if 2 in exchange.body else None
        for number in range(4):
            scene.broker.send(number)
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == [[0, 1, 2, 3], [0], [1], [2], [3], [2]]
        (letter,) = scene.letters.letters.values()
        assert letter.content.body == 2
        await scene.listeners.stop(1)

    play(main)


def test_what_cannot_be_read_leaves_its_batch() -> None:
    async def main() -> None:
        scene = Scene(batch={"size": 2, "wait": 0.1})
        scene.broker.send(b"{", content_type="application/json")
        scene.broker.send(b"1", content_type="application/json")
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == [[1]]
        assert [letter.content.body for letter in scene.letters.letters.values()] == [b"{"]
        await scene.listeners.stop(1)

    play(main)


def test_a_duplicate_is_passed_over_also_while_the_first_is_in_flight() -> None:
    async def main() -> None:
        scene = Scene(idempotent=True, concurrency=4)
        scene.works = lasts(3)
        for _ in range(3):
            scene.broker.send("x", id="a")
        scene.begin()
        await scene.until(lambda: not scene.broker.left)
        assert scene.bodies == ["x"]
        assert (scene.state.duplicates, scene.state.succeeded) == (2, 1)
        await scene.listeners.stop(1)
        scene.process()
        scene.begin()
        again = scene.broker.send("x", id="a")
        await scene.until(lambda: again.accepted)
        assert scene.bodies == ["x"]
        await scene.listeners.stop(1)

    play(main)


def test_a_redelivery_delay_holds_after_a_restart() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 3, "delay": 60.0})
        scene.works = fails()
        scene.broker.send("x", id="a")
        scene.begin()
        await scene.until(lambda: scene.state.failed)
        await scene.listeners.stop(1)
        scene.process()
        scene.begin()
        await asyncio.sleep(10)
        assert len(scene.runs) == 1
        await scene.until(lambda: len(scene.runs) == 2)
        assert 60 <= scene.runs[1][1] - scene.runs[0][1] < 61
        assert scene.exchanges[1].run.attempt == 2
        await scene.listeners.stop(1)

    play(main)


def test_nothing_is_accepted_while_the_dead_letters_are_away() -> None:
    async def main() -> None:
        scene = Scene()
        scene.works = fails("unmarshal.content")
        scene.letters.away = True
        message = scene.broker.send("x")
        scene.begin()
        await asyncio.sleep(60)
        assert (message.accepted, scene.state.error) == (0, "the letters are away")
        scene.letters.away = False
        await scene.until(lambda: message.accepted)
        assert (len(scene.letters.letters), len(scene.runs), scene.state.error) == (1, 1, "")
        await scene.listeners.stop(1)

    play(main)


def test_the_source_is_told_that_work_goes_on() -> None:
    async def main() -> None:
        scene = Scene()
        scene.works = lasts(35)
        first, second = scene.broker.send(1), scene.broker.send(2)
        scene.begin()
        await scene.until(lambda: first.accepted)
        assert (first.working, second.working) == (3, 3)
        await scene.listeners.stop(100)

    play(main)


def test_an_answer_goes_back_to_who_asked() -> None:
    async def main() -> None:
        scene = Scene()

        def work(exchange: Exchange) -> None:
            exchange.body = {"sum": exchange.body + 1}

        scene.works = work
        message = scene.broker.send(1)
        scene.begin()
        await scene.until(lambda: message.accepted)
        assert message.replies == [(b'{"sum":2}', "application/json")]
        await scene.listeners.stop(1)

    play(main)


def test_a_letter_that_is_sent_again_is_worked_off_or_dies_again() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 1})
        scene.works = fails()
        for number in range(3):
            scene.broker.send(number, id=str(number))
        scene.begin()
        await scene.until(lambda: len(scene.letters.letters) == 3)
        scene.works = lambda exchange: fails("shop.gone")(exchange) if exchange.body == 1 else None
        scene.broker.leave()
        for id in scene.letters.letters:
            scene.letters.queue(id)
        scene.listeners.look_for_letters()
        await scene.until(lambda: len(scene.letters.letters) == 1)
        (letter,) = scene.letters.letters.values()
        assert (letter.state, letter.death.code, letter.death.attempts) == ("dead", "shop.gone", 2)
        assert scene.state.state == "reconnecting"
        await scene.listeners.stop(1)

    play(main)


def test_a_letter_that_has_not_what_arrived_is_not_taken_for_it() -> None:
    async def main() -> None:
        scene = Scene(redelivery={"attempts": 1})
        fault = FlowError("request.tooLarge", "it is too large")
        scene.broker.send(None, id="large", fault=fault)
        scene.broker.send(Stream([b"piece"]), id="pieces")
        scene.works = fails()
        scene.begin()
        await scene.until(lambda: len(scene.letters.letters) == 2)
        assert len(scene.runs) == 1
        for _ in range(2):
            for id in scene.letters.letters:
                scene.letters.queue(id)
            scene.listeners.look_for_letters()
            await scene.until(lambda: all(each.state == "dead" for each in scene.letters.letters.values()))
        large, pieces = scene.letters.letters.values()
        assert (large.death.code, large.content.body, pieces.content.body) == ("deadLetters.content", None, None)
        assert large.death.message.endswith("it died of request.tooLarge: it is too large")
        assert pieces.death.message.endswith("it died of shop.closed: it cannot be done")
        pieces.content.body, pieces.content.whole = "mended", True
        scene.works = lambda exchange: None
        scene.letters.queue(pieces.id)
        scene.listeners.look_for_letters()
        await scene.until(lambda: len(scene.letters.letters) == 1)
        assert scene.bodies[1:] == ["mended"]
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
