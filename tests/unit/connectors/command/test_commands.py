"""What commands promise: the programs that run, and the fake of tests."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from airdock.connectors.command.commands import Commands
from airdock.connectors.command.fake import FakeCommand
from airdock.connectors.command.process import KEPT_ERROR
from airdock.errors import FlowError
from airdock.spec.command import AllowedCommand, Argument, Command

PYTHON = sys.executable


def allowed(script: str = "", **fields: Any) -> Command:
    """A command that is a script of the shell, or of Python."""
    if script:
        python = script.startswith("import ")
        fields = {"program": PYTHON if python else "/bin/sh", "arguments": ["-c", script, "sh"][: 2 + (not python)],
                  **fields}  # fmt: skip
    return Commands({"c": AllowedCommand(**{"max_arguments": 9, **fields})}).at("c")


async def output(command: Command, *arguments: str, content: bytes = b"") -> str:
    ended = await command.run([Argument(each, True) for each in arguments], content)
    assert ended.status == 0, ended
    return ended.output.decode()


async def refusal(command: Command, *arguments: Any, literal: bool = False, content: bytes = b"") -> FlowError:
    with pytest.raises(FlowError) as raised:
        await command.run([Argument(each, literal) for each in arguments], content)
    return raised.value


@pytest.fixture(params=["real", "fake"])
def cat(request: pytest.FixtureRequest) -> Command:
    """What writes what it reads."""
    return FakeCommand("c") if request.param == "fake" else allowed('shift "$#"; cat', options="literal")


async def test_what_it_reads(cat: Command) -> None:
    for content in (b"", b"text", bytes(range(256)) * 20_000):
        ended = await cat.run([Argument("x", False)], content)
        assert (ended.status, ended.output, ended.error) == (0, content, b"")


@pytest.mark.parametrize("value", [None, {}, [], "a\0b", "\ud800", "x" * 200_000, "-o", "--", "-"])
async def test_what_is_no_argument(cat: Command, value: Any) -> None:
    assert (await refusal(cat, "x", value)).code == "connector.command.argument"


async def test_arguments_are_passed_on_as_they_are() -> None:
    command = allowed("""for each; do printf '<%s>' "$each"; done""")
    words = ["a b", "", "$(id)", "`id`", "; id", "*", "'", "ü\n", "%s"]
    assert await output(command, *words) == "".join(f"<{word}>" for word in words)
    ended = await command.run([Argument(7, False), Argument(True, False), Argument(1.5, False)], b"")
    assert ended.output == b"<7><true><1.5>"


async def test_options_are_what_the_operator_allows() -> None:
    assert await output(allowed("echo $1", options="literal"), "-x") == "-x\n"
    assert "begins with '-'" in (await refusal(allowed("true", options="literal"), "-x")).message
    ended = await allowed("echo $1", options="always").run([Argument("-x", False)], b"")
    assert ended.output == b"-x\n"


async def test_number_and_pattern() -> None:
    assert "takes 0 arguments" in (await refusal(allowed("true", max_arguments=0), "x")).message
    command = allowed("echo $1", pattern=r"[a-z]+\.png")
    assert await output(command, "a.png") == "a.png\n"
    for wrong in ("../a.png", "a.png\n", "a.png x", ""):
        assert "`pattern`" in (await refusal(command, wrong)).message


async def test_a_command_that_is_not_allowed() -> None:
    for commands in (Commands(), Commands({})):
        assert (await refusal(commands.at("c"))).code == "connector.command.unknown"


async def test_status_and_both_outputs() -> None:
    ended = await allowed("echo out; echo err >&2; exit 3").run([], b"")
    assert (ended.status, ended.output, ended.error) == (3, b"out\n", b"err\n")
    assert (await allowed("kill -9 $$").run([], b"")).status == 137


async def test_it_sees_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRDOCK_SECRET_KEY", "do-not-show")
    with socket.socket() as held:
        held.set_inheritable(True)
        script = (
            "import os; print(sorted(os.environ.items()), [n for n in range(3, 300) if os.path.exists(f'/dev/fd/{n}')])"
        )
        told = await output(allowed(script, environment={"A": "1"}))
    assert "do-not-show" not in told
    assert "('A', '1')" in told
    # 3 is the folder that is being looked at, where looking opens it.
    assert told.endswith(("[]\n", "[3]\n"))


async def test_it_works_in_an_empty_folder_that_is_removed(tmp_path: Path) -> None:
    folder = (await output(allowed("ls -A; touch left; pwd"))).strip()
    assert folder.startswith("/")
    assert not Path(folder).exists()  # noqa: ASYNC240 -- on a local disk
    assert await output(allowed("pwd", folder=str(tmp_path))) == f"{tmp_path}\n"


async def test_what_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for fields in (
        {"program": "/no/such"},
        {"program": str(tmp_path / "text")},
        {"program": "/bin/sh", "folder": "/no"},
    ):
        error = await refusal(allowed(**fields))
        assert error.code == "connector.command.start"
        assert "/no" in error.message or "text" in error.message


async def test_what_it_need_not_read_is_left() -> None:
    assert await output(allowed("echo done"), content=b"x" * 5_000_000) == "done\n"


async def test_much_is_written_while_much_is_read() -> None:
    ended = await allowed("cat; head -c 300000 /dev/zero >&2").run([], b"x" * 5_000_000)
    assert (len(ended.output), len(ended.error)) == (5_000_000, KEPT_ERROR)


async def test_too_much_output_ends_it() -> None:
    begun = time.monotonic()
    error = await refusal(allowed("cat /dev/zero", max_output=100_000))
    assert error.code == "connector.command.tooLarge"
    assert time.monotonic() - begun < 20


def pids(file: Path) -> list[int]:
    return [int(word) for word in file.read_text().split()] if file.exists() else []


async def wait_for(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- the state of other processes
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody collects does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


FAMILY = "sleep 300 & echo $! $$ > {0}.new; mv {0}.new {0}; wait"


@pytest.mark.parametrize("how", ["timeout", "cancelled"])
async def test_all_that_it_began_ends_with_it(tmp_path: Path, how: str) -> None:
    file = tmp_path / "pids"
    task = asyncio.create_task(allowed(FAMILY.format(file), timeout=0.5 if how == "timeout" else 60.0).run([], b""))
    await wait_for(lambda: len(pids(file)) == 2)
    if how == "cancelled":
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        with pytest.raises(FlowError) as raised:
            await task
        assert raised.value.code == "connector.timeout"
    await wait_for(lambda: not any(alive(pid) for pid in pids(file)))


async def test_what_it_leaves_running_ends_behind_it(tmp_path: Path) -> None:
    assert await output(allowed(f"sleep 300 & echo $! > {tmp_path / 'pids'}; echo done")) == "done\n"
    await wait_for(lambda: not any(alive(pid) for pid in pids(tmp_path / "pids")))


async def test_so_many_run_at_once(tmp_path: Path) -> None:
    command = allowed(f"mkdir {tmp_path}/$1; ls {tmp_path} | wc -l; sleep 0.05; rmdir {tmp_path}/$1", concurrency=2)
    counts = await asyncio.gather(*(output(command, str(number)) for number in range(6)))
    assert max(int(count) for count in counts) <= 2


def test_programs_that_are_not_there_are_told() -> None:
    commands = Commands({"a": AllowedCommand(program="/no/such"), "b": AllowedCommand(program="/bin/sh")})
    assert commands.missing == ["the program of 'a' is not there, or cannot be run: /no/such"]


def test_it_works_on_the_loop_of_the_server() -> None:
    async def look() -> tuple[str, str]:
        held_read, held_write = os.pipe()
        os.set_inheritable(held_write, True)
        try:
            files = "import os; print([n for n in range(4, 300) if os.path.exists(f'/dev/fd/{n}')])"
            return await output(allowed(files)), await output(allowed("cat"), content=b"x" * 1_000_000)
        finally:
            os.close(held_read)
            os.close(held_write)

    told, read = uvloop.run(look())
    assert told == "[]\n"
    assert len(read) == 1_000_000
