"""What becomes of files that were worked off, and of those that cannot be moved."""

import asyncio

from tests.unit.connectors.file.drop.scene import Scene, fails, lasts, play, until


def test_a_file_that_cannot_be_moved_is_run_once_and_moved_later() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.fails["move"] = "connector.file.full"
        for name in ("a.txt", "b.txt", "c.txt"):
            scene.files.put(name)
        node = scene.node()
        await until(lambda: node.state.error.startswith("3 files that were worked off cannot be put away"))
        assert "move fails" in node.state.error
        await asyncio.sleep(3600)
        assert (len(node.runs), node.state.state, node.state.received) == (3, "listening", 3)
        assert scene.files.moves < 100
        await node.stop()

        again = scene.node()
        await until(lambda: again.state.error.startswith("3 files"))
        scene.files.put("d.txt")
        scene.files.fails.clear()
        await until(lambda: all(path.startswith(".done/") for path in scene.files.paths))
        await until(lambda: not again.state.error)
        assert (again.paths, len(scene.files.paths)) == (["d.txt"], 4)
        await again.stop()

    play(main)


def test_one_file_that_never_goes_keeps_no_others() -> None:
    async def main() -> None:
        scene = Scene()
        node = scene.node()
        scene.files.fails["move a.txt"] = "connector.file.denied"
        for name in ("a.txt", "b.txt"):
            scene.files.put(name)
        await until(lambda: ".done/b.txt" in scene.files.paths)
        await until(lambda: node.state.error.startswith("1 file that was"))
        del scene.files.fails["move a.txt"]
        await until(lambda: ".done/a.txt" in scene.files.paths)
        assert node.paths == ["a.txt", "b.txt"]
        await node.stop()

    play(main)


def test_a_file_that_failed_and_cannot_be_moved_fails_once() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.fails["move"] = "connector.file.full"
        node = scene.node(redelivery={"attempts": 1})
        node.works = fails()
        scene.files.put("a.txt")
        await until(lambda: node.state.error)
        await node.stop()
        again = scene.node()
        await asyncio.sleep(100)
        scene.files.fails.clear()
        await until(lambda: scene.files.paths == [".failed/a.txt"])
        assert (len(node.runs), again.runs, len(scene.letters.letters)) == (1, [], 1)
        await again.stop()

    play(main)


def test_a_move_that_takes_long_is_waited_for() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.slow = 300.0
        scene.files.put("a.txt")
        nodes = [scene.node(), scene.node()]
        await until(lambda: scene.files.paths == [".done/a.txt"])
        await asyncio.sleep(100)
        assert (sum(len(node.runs) for node in nodes), scene.files.moves) == (1, 1)
        for node in nodes:
            await node.stop()

    play(main)


def test_noop_leaves_files_and_remembers_them() -> None:
    async def main() -> None:
        scene = Scene(noop=True, delay=60.0)
        for name in ("a.txt", "bad.txt"):
            scene.files.put(name)
        node = scene.node(redelivery={"attempts": 1})
        node.works = lambda exchange: fails()(exchange) if exchange.headers["fileName"] == "bad.txt" else None
        await until(lambda: len(node.runs) == 2)
        await asyncio.sleep(600)
        assert (len(node.runs), scene.files.paths) == (2, ["a.txt", "bad.txt"])
        await node.stop()
        again = scene.node()
        await asyncio.sleep(600)
        assert again.runs == []
        scene.files.put("a.txt", "another")
        await until(lambda: again.runs)
        assert again.exchanges[0].body == "another"
        await again.stop()

    play(main)


def test_deleted_when_worked_off() -> None:
    async def main() -> None:
        scene = Scene(delete=True)
        for name in ("a.txt", "bad.txt"):
            scene.files.put(name)
        node = scene.node(redelivery={"attempts": 1})
        node.works = lambda exchange: fails()(exchange) if exchange.headers["fileName"] == "bad.txt" else None
        await until(lambda: scene.files.paths == [".failed/bad.txt"])
        await node.stop()

    play(main)


def test_a_file_that_changed_while_it_was_worked_off_comes_again() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.put("a.txt", "old")
        node = scene.node()
        node.works = lasts(10)
        await until(lambda: node.runs)
        scene.files.put("a.txt", "later")
        await until(lambda: scene.files.paths == [".done/a.txt"])
        assert [exchange.body for exchange in node.exchanges] == ["old", "later"]
        assert not node.exchanges[1].properties["message"]["redelivered"]
        await node.stop()

    play(main)


def test_a_file_that_somebody_took_away_is_done() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.put("a.txt")
        node = scene.node()
        node.works = lasts(10)
        await until(lambda: node.runs)
        del scene.files.files["a.txt"]
        await until(lambda: node.state.succeeded)
        await asyncio.sleep(100)
        assert (node.state.error, node.state.held) == ("", 0)
        await node.stop()

    play(main)


def test_nothing_takes_the_place_of_another() -> None:
    async def main() -> None:
        scene = Scene(move="done")
        node = scene.node()
        for content in ("one", "two", "three"):
            scene.files.put("a.txt", content)
            await until(lambda: "a.txt" not in scene.files.files)
        contents = sorted(content for content, _ in scene.files.files.values())
        assert contents == [b"one", b"three", b"two"]
        assert "done/a.txt" in scene.files.paths
        await node.stop()

    play(main)


def test_a_store_of_state_that_goes_while_a_file_cannot_be_moved() -> None:
    async def main() -> None:
        scene = Scene()
        node = scene.node()
        node.works = lasts(10)
        scene.files.put("a.txt")
        await until(lambda: node.runs)
        scene.store.away = True
        scene.files.fails["move"] = "connector.file.full"
        await until(lambda: node.state.state == "reconnecting")
        await asyncio.sleep(3600)
        scene.store.away = False
        scene.files.fails.clear()
        await until(lambda: scene.files.paths == [".done/a.txt"])
        assert len(node.runs) == 1
        await node.stop()

    play(main)
