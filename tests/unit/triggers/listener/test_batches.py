"""Batches, as a broker and a flow see them."""

from tests.unit.triggers.listener.scene import Scene, fails, play


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
