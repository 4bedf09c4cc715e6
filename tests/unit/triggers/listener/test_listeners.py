"""A listener as its broker and its flow see it."""

import asyncio
from itertools import pairwise
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from tests.unit.triggers.listener.scene import NAME, Scene, fails, lasts, play


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
