"""Dead letters that are sent again."""

from airdock.errors import FlowError
from airdock.streams import Stream
from tests.unit.triggers.listener.scene import Scene, fails, play


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
