"""A folder as those who put files there, and the flow, see it."""

import asyncio

from airdock.connectors.file.drop.claims import LEASE
from airdock.errors import FlowError
from airdock.exchange import Exchange
from tests.unit.connectors.file.drop.scene import NAME, Scene, fails, lasts, play, until


def test_a_file_is_run_and_moved() -> None:
    async def main() -> None:
        scene = Scene(folder="in", recursive=True)
        scene.files.put("in/north/o-1.json", '{"n": 1}')
        node = scene.node()
        await until(lambda: scene.files.paths == ["in/.done/north/o-1.json"])
        exchange = node.exchanges[0]
        assert exchange.body == {"n": 1}
        message = exchange.properties["message"]
        wanted = {"path": "in/north/o-1.json", "name": "o-1.json", "stem": "o-1", "folder": "north", "size": 8}
        assert wanted.items() <= message.items()
        assert (message["attempt"], message["redelivered"]) == (1, False)
        headers = exchange.headers
        assert (headers["fileName"], headers["path"], headers["size"]) == ("o-1.json", "in/north/o-1.json", "8")
        assert headers["modified"] == message["modified"]
        await asyncio.sleep(60)
        assert (len(node.runs), node.state.state, node.state.error) == (1, "listening", "")
        await node.stop()

    play(main)


def test_a_file_that_is_being_written_is_left_until_it_has_settled() -> None:
    async def main() -> None:
        scene = Scene(settle=2.0, delay=10.0)
        scene.files.put("a.txt", "0")
        node = scene.node()
        for number in range(1, 9):
            await asyncio.sleep(1.0)
            scene.files.put("a.txt", "0" * (number + 1))
        await until(lambda: node.runs)
        assert node.exchanges[0].body == "0" * 9
        assert 8 + 2 <= node.runs[0][1] <= 8 + 2 + 3
        await node.stop()

    play(main)


def test_a_failed_file_is_tried_again_then_moved_to_the_failed_and_lies_in_the_dead_letters() -> None:
    async def main() -> None:
        scene = Scene(move_failed="failed")
        node = scene.node(redelivery={"attempts": 3, "delay": 2.0})
        node.works = fails()
        scene.files.put("a.txt", "text")
        await until(lambda: scene.files.paths == ["failed/a.txt"])
        times = [at for _, at in node.runs]
        assert [round(times[1] - times[0]), round(times[2] - times[1])] == [2, 4]
        (letter,) = scene.letters.letters.values()
        assert (letter.listener, letter.source, letter.content.body) == (NAME, "file", b"text")
        assert (letter.death.code, letter.death.attempts, letter.content.about["path"]) == ("shop.closed", 3, "a.txt")
        await node.stop()

    play(main)


def test_content_that_is_wrong_or_too_large_is_not_tried_again() -> None:
    async def main() -> None:
        scene = Scene(max_size=10)
        scene.files.put("broken.json", "{")
        scene.files.put("large.txt", "x" * 11)
        scene.files.put("ok.txt", "x" * 10)
        node = scene.node(concurrency=2)
        node.works = lambda exchange: (exchange.body, None)[1]
        await until(lambda: scene.files.paths == [".done/ok.txt", ".failed/broken.json", ".failed/large.txt"])
        found = {each.content.about["name"]: each for each in scene.letters.letters.values()}
        codes = {name: letter.death.code for name, letter in found.items()}
        assert codes == {"broken.json": "request.body", "large.txt": "request.tooLarge"}
        assert (found["large.txt"].death.attempts, found["large.txt"].content.body) == (1, None)
        await node.stop()

    play(main)


def test_nodes_and_listeners_share_the_files() -> None:
    async def main() -> None:
        scene = Scene()
        for number in range(30):
            scene.files.put(f"{number}.txt")
        nodes = [scene.node(), scene.node(), scene.node(name="shop/other.listener")]
        for node in nodes:
            node.works = lasts(1)
        await until(lambda: all(path.startswith(".done/") for path in scene.files.paths))
        assert sorted(path for node in nodes for path in node.paths) == sorted(f"{each}.txt" for each in range(30))
        assert all(len(node.runs) >= 5 for node in nodes)
        for node in nodes:
            await node.stop()

    play(main)


def test_what_was_in_work_when_a_process_died_comes_again() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.put("a.txt")
        dead = scene.node()
        dead.works = lasts(3600)
        await until(lambda: dead.runs)
        begun = scene.clock.monotonic()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        node = scene.node()
        await until(lambda: scene.files.paths == [".done/a.txt"])
        assert LEASE - 12 <= node.runs[0][1] - begun <= LEASE + 2
        assert node.exchanges[0].properties["message"]["redelivered"]
        await node.stop()

    play(main)


def test_a_run_that_lasts_holds_on_to_its_file() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.put("a.txt")
        nodes = [scene.node(), scene.node()]
        for node in nodes:
            node.works = lasts(LEASE * 5)
        await until(lambda: scene.files.paths == [".done/a.txt"])
        assert sum(len(node.runs) for node in nodes) == 1
        for node in nodes:
            await node.stop()

    play(main)


def test_a_restart_forgets_no_attempts() -> None:
    async def main() -> None:
        scene = Scene()
        node = scene.node(redelivery={"attempts": 3, "delay": 30.0})
        node.works = fails()
        scene.files.put("a.txt")
        await until(lambda: node.runs)
        await asyncio.sleep(1)
        await node.stop()
        again = scene.node(redelivery={"attempts": 3, "delay": 30.0})
        again.works = fails()
        await until(lambda: scene.files.paths == [".failed/a.txt"])
        assert [exchange.run.attempt for exchange in again.exchanges] == [2, 3]
        assert again.runs[0][1] - node.runs[0][1] >= 30
        await again.stop()

    play(main)


def test_a_done_file_says_that_a_file_is_whole() -> None:
    async def main() -> None:
        scene = Scene(read_lock="doneFile", done_file="${file.stem}.ready", move="done")
        scene.files.put("a.csv", "1")
        node = scene.node()
        await asyncio.sleep(100)
        assert node.runs == []
        scene.files.fails["move"] = "connector.file.full"
        scene.files.put("a.ready", "")
        await until(lambda: node.state.error)
        assert scene.files.paths == ["a.csv"]
        await node.stop()
        scene.files.fails.clear()
        again = scene.node()
        await until(lambda: scene.files.paths == ["done/a.csv"])
        assert (node.paths, again.runs) == (["a.csv"], [])
        await again.stop()

    play(main)


def test_a_folder_that_is_away_is_looked_for_again() -> None:
    async def main() -> None:
        scene = Scene(folder="in")
        node = scene.node()
        await until(lambda: node.state.state == "reconnecting")
        await asyncio.sleep(3600)
        assert node.state.error == "there is no folder 'in' in shop/drop.connection"
        scene.files.put("in/a.txt")
        await until(lambda: scene.files.paths == ["in/.done/a.txt"])
        scene.files.fails.update({"scan": "connector.file.missing", "check": "connector.unavailable"})
        await until(lambda: node.state.state == "reconnecting")
        assert node.state.error == "check fails"
        scene.files.fails.clear()
        scene.files.put("in/b.txt")
        await until(lambda: "in/.done/b.txt" in scene.files.paths)
        assert (node.state.state, node.state.error) == ("listening", "")
        await node.stop()

    play(main)


def test_a_store_of_state_that_is_away() -> None:
    async def main() -> None:
        scene = Scene()
        node = scene.node()
        scene.store.away = True
        scene.files.put("a.txt")
        await until(lambda: node.state.error == "the store is away")
        await asyncio.sleep(3600)
        assert (node.runs, node.state.state) == ([], "reconnecting")
        scene.store.away = False
        await until(lambda: scene.files.paths == [".done/a.txt"])
        await node.stop()

    play(main)


def test_files_come_in_order_so_many_at_a_look() -> None:
    async def main() -> None:
        scene = Scene(sort_by="modified", most=2, delay=60.0)
        for name in ("c", "a", "b", "d"):
            scene.files.put(f"{name}.txt")
        node = scene.node()
        await until(lambda: len(node.runs) == 4)
        assert node.paths == ["c.txt", "a.txt", "b.txt", "d.txt"]
        times = [at for _, at in node.runs]
        assert times[2] - times[1] >= 59
        await node.stop()

    play(main)


def test_names_and_folders_that_are_not_meant() -> None:
    async def main() -> None:
        scene = Scene(include=["*.csv", "north/*.txt"], exclude=["old-*"], recursive=True, move="done/${file.folder}")
        paths = ["a.csv", "old-a.csv", "a.txt", "north/a.txt", "south/a.txt", "x/y/b.csv", ".a.csv", ".x/a.csv"]
        for path in [*paths, "done/c.csv"]:
            scene.files.put(path)
        node = scene.node()
        await until(lambda: len(node.runs) == 3)
        await asyncio.sleep(60)
        assert sorted(node.paths) == ["a.csv", "north/a.txt", "x/y/b.csv"]
        assert "done/north/north/a.txt" in scene.files.paths
        await node.stop()

    play(main)


def test_a_file_that_cannot_be_read_keeps_no_others() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.fails["read a.txt"] = "connector.file.denied"
        for name in ("a.txt", "b.txt"):
            scene.files.put(name)
        node = scene.node()
        await until(lambda: ".done/b.txt" in scene.files.paths)
        assert node.state.error == "1 file cannot be read, which is tried again: read a.txt fails"
        scene.files.fails.clear()
        await until(lambda: ".done/a.txt" in scene.files.paths)
        assert node.state.error == ""
        await node.stop()

    play(main)


def test_names_that_no_message_can_tell_are_passed_over() -> None:
    async def main() -> None:
        scene = Scene()
        scene.files.hidden = ["a\nb.txt", "c\udcff.txt", "d\\e.txt"]
        scene.files.put("ok.txt")
        node = scene.node()
        await until(lambda: scene.files.paths == [".done/ok.txt"])
        assert node.state.error.startswith("3 files passed over, as no message can tell their names: 'a\\nb.txt'")
        assert node.paths == ["ok.txt"]
        await node.stop()

    play(main)


def test_a_file_piece_by_piece() -> None:
    async def main() -> None:
        scene = Scene(streaming=True)
        content = bytes(range(256)) * 4096
        scene.files.put("a.bin", content)
        node = scene.node()
        read: list[bytes] = []

        async def work(exchange: Exchange) -> None:
            pieces = [piece async for piece in exchange.body.take()]
            assert len(pieces) == 4
            read.append(b"".join(pieces))
            if len(read) == 1:
                raise FlowError("shop.closed", "not now")

        node.works = work
        await until(lambda: scene.files.paths == [".done/a.bin"])
        assert read == [content, content]
        await node.stop()

    play(main)


def test_a_file_that_changes_while_it_is_read_piece_by_piece() -> None:
    async def main() -> None:
        scene = Scene(streaming=True)
        scene.files.put("a.bin", b"x" * 300_000)
        node = scene.node()
        read: list[bytes] = []

        async def work(exchange: Exchange) -> None:
            pieces = b""
            async for piece in exchange.body.take():
                pieces += piece
                if not node.state.failed:
                    scene.files.put("a.bin", b"y" * 300_000)
            read.append(pieces)

        node.works = work
        await until(lambda: scene.files.paths == [".done/a.bin"])
        assert read == [b"y" * 300_000]
        (letter,) = scene.letters.letters.values()
        assert letter.death.code == "connector.file.changed"
        await node.stop()

    play(main)


def test_files_of_a_batch_and_of_a_key() -> None:
    async def main() -> None:
        scene = Scene(key="$substringBefore(file.name, '-')")
        for name in ("a-1.txt", "a-2.txt", "b-1.txt"):
            scene.files.put(name, name)
        node = scene.node(batch={"size": 3, "wait": 1.0})
        await until(lambda: all(path.startswith(".done/") for path in scene.files.paths))
        (exchange,) = node.exchanges
        assert exchange.body == ["a-1.txt", "a-2.txt", "b-1.txt"]
        assert [each["key"] for each in exchange.properties["messages"]] == ["a", "a", "b"]
        await node.stop()

    play(main)
