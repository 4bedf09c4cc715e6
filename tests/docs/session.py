"""Runs the code blocks of one page in a folder of its own, as a reader would who copies them in order."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.docs import curl
from tests.docs.blocks import Block, Command, blocks, commands, matches

PATIENCE = 20.0
"""Seconds after which something awaited counts as failed."""

ELSEWHERE = ("git clone ", "python3 -m venv ", "pip install ", ".venv/bin/pip install ")
"""Beginnings of commands that change the reader's machine; they are shown and not run."""

MANAGED = re.compile(r"8081|management|login|--server|metrics")
"""What a page mentions that needs the management port."""

SERVERS = ("airdock run ", "uvicorn ")
"""Beginnings of commands that run until they are stopped."""


class Session:
    """A reader at work on one page. Addresses on the ports 8080 and 8081 stand for a free pair of ports.

    Use it as a context manager: it ends what it started.
    """

    def __init__(self, root: Path, folder: Path, check: Callable[[str], None] | None = None) -> None:
        """`check` is called with the text of each block that holds data and raises when it is no good."""
        self.root = root
        self.folder = folder
        self.where = folder
        self.check = check or (lambda text: None)
        self.port = _free_pair()
        self.server: subprocess.Popen[bytes] | None = None
        self.printed = folder / ".printed"
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "AIRDOCK_HOME": str(folder / ".airdock"),
            "XDG_CONFIG_HOME": str(folder / ".config"),
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def page(self, text: str) -> None:
        """Runs every block of a page. Raises AssertionError at the first that does not do what the page says."""
        if "examples" in text or "make run" in text:
            # Two servers would take each other's messages from the machine's brokers: one page listens there.
            left_out = None if "/services/flow/bridge/" in text else shutil.ignore_patterns("bridge")
            shutil.copytree(self.root / "examples", self.folder / "examples", ignore=left_out)
            for connection in (self.folder / "examples").rglob("*.connection"):
                connection.write_text(self._with_ports(connection.read_text()))
        if not MANAGED.search(text):
            # What nobody asks for need not be started, again and again.
            self.environment["AIRDOCK_ADMIN_PORT"] = "0"
        for block in blocks(text):
            self.block(block)

    def block(self, block: Block) -> None:
        """Runs one block as `tests.docs.blocks` describes."""
        match block.kind:
            case "file":
                self.write(block)
            case "console":
                with self.machine(block.title):
                    for command in commands(block):
                        self.command(command)
            case "python":
                program = [sys.executable, "-c", self._with_ports(block.text)]
                self._expect(Command("a python block", block.line), lambda: self._run(program))
            case "data":
                self.check(block.text)

    @contextmanager
    def machine(self, person: str) -> Iterator[None]:
        """Works in the folder of a person, with a configuration of their own; for nobody in particular, as before."""
        if not person:
            yield
            return
        before, self.where = self.where, self.folder / person
        environment, self.environment = (
            self.environment,
            self.environment | {"XDG_CONFIG_HOME": str(self.where / ".config")},
        )
        self.where.mkdir(exist_ok=True)
        try:
            yield
        finally:
            self.where, self.environment = before, environment

    def write(self, block: Block) -> None:
        """Writes a file below the folder. Raises ValueError for a name that leads out of it."""
        path = (self.folder / block.title).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise ValueError(f"line {block.line}: {block.title} is outside the page's folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._with_ports(block.text))

    def command(self, command: Command) -> None:
        """Runs one command, or starts it if it is a server; a server that runs is stopped first."""
        text = re.sub(r"^\.venv/bin/(?=airdock)", "", command.text)
        if text.startswith("pip install ./"):
            self._install(text.removeprefix("pip install "))
        if text.startswith(ELSEWHERE):
            return
        if text.startswith("cd "):
            self.where = self.folder / text[3:] if (self.folder / text[3:]).is_dir() else self.where
        elif text.startswith("make"):
            self._make(text, command)
        elif f"{text} ".startswith(SERVERS):
            self._serve(text, command)
        elif text.startswith("curl "):
            self._expect(command, lambda: self._curl(text))
        else:
            self._expect(command, lambda: self._run(["bash", "-c", self._with_ports(text)]))

    def _install(self, package: str) -> None:
        """Installs a package of the page's own, for the commands of the page alone."""
        site = self.folder / ".site"
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--target", str(site)]
        program = [sys.executable, "-m", "pip", "install", *options, package]
        subprocess.run(program, cwd=self.where, check=True, capture_output=True)
        self.environment = self.environment | {"PYTHONPATH": str(site)}

    def stop(self) -> None:
        """Ends the server as a person at a terminal would, and makes sure of it."""
        if self.server is None:
            return
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
        self.server = None

    def _make(self, text: str, command: Command) -> None:
        """`make run` is followed; of other targets it is checked that they exist."""
        shown = subprocess.run(
            ["make", "-n", *shlex.split(text)[1:]], cwd=self.root, capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0, f"line {command.line}: {text}: {shown.stderr}"
        if text == "make run":
            recipe = next(line for line in shown.stdout.splitlines() if "airdock run" in line)
            self._serve(recipe[recipe.index("airdock run") :], command)

    def _serve(self, text: str, command: Command) -> None:
        self.stop()
        text = self._with_ports(text if "--port" in text else f"{text} --port 8080")
        with self.printed.open("wb") as output:
            self.server = subprocess.Popen(
                shlex.split(text),
                cwd=self.where,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        server = self.server
        _wait(lambda: server.poll() is not None or _answers(self.port))
        if server.poll() is not None or not _answers(self.port):
            raise AssertionError(f"line {command.line}: the server did not start:\n{self.printed.read_text()}")
        self._expect(command, lambda: (0, self.printed.read_text()))

    def _curl(self, text: str) -> tuple[int, str]:
        try:
            return 0, curl.run(self._with_ports(text), self.where)
        except httpx.TransportError as error:
            return 1, str(error)

    def _run(self, arguments: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            arguments, cwd=self.where, env=self.environment, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def _expect(self, command: Command, act: Callable[[], tuple[int, str]]) -> None:
        """Acts until the page's output is seen: a change that was just made may need a moment to answer."""
        code, printed = 0, ""

        def seen() -> bool:
            nonlocal code, printed
            code, printed = act()
            printed = self._as_written(printed)
            # Where the page shows nothing in particular, all that it says is that the command does its work.
            told = any(line.strip(" …") for line in command.expected)
            return matches(command.expected, printed) if told else code == 0

        patience = PATIENCE if self.server is not None else 0.0
        assert _wait(seen, patience), (
            f"line {command.line}: $ {command.text}\nexpected:\n"
            + "\n".join(command.expected)
            + f"\ngot ({code}):\n{printed}"
        )

    def _with_ports(self, text: str) -> str:
        return text.replace("8081", str(self.port + 1)).replace("8080", str(self.port))

    def _as_written(self, text: str) -> str:
        text = text.replace(str(self.port + 1), "8081").replace(str(self.port), "8080")
        return text.replace(str(self.folder.resolve()), ".")


def _free_pair() -> int:
    """The first of two ports beside each other that nothing listens on."""
    for port in range(20000 + os.getpid() % 10000, 60000, 2):
        if _free(port) and _free(port + 1):
            return port
    raise RuntimeError("no free pair of ports")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code != 503
    except httpx.TransportError:
        return False


def _wait(happened: Callable[[], bool], patience: float = PATIENCE) -> bool:
    end = time.monotonic() + patience
    while not happened():
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True
