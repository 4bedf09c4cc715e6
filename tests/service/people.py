"""People at their own machines, who use the program against one server."""

import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from airdock.client import Client
from tests.service.server import AirdockServer, running, write_files
from tests.unit.cli.program import Ended, Program

PASSWORD = "correct horse battery"


class Person:
    """Somebody with a folder and a configuration of their own; signed in by a token, or by nothing.

    Attributes:
        folder: Where they work. token: How they sign in.
    """

    def __init__(self, name: str, folder: Path, server: str, program: Program, token: str = "") -> None:
        self.name, self.folder, self.server, self.token = name, folder, server, token
        self._program = program
        (folder / "config").mkdir(parents=True)

    def __call__(self, *arguments: object, stdin: str = "", code: int = 0) -> Ended:
        """Runs `airdock` in the person's folder, and expects it to end so."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setenv("AIRDOCK_SERVER", self.server)
            patch.setenv("XDG_CONFIG_HOME", str(self.folder / "config"))
            if self.token:
                patch.setenv("AIRDOCK_TOKEN", self.token)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            ended = self._program(*arguments)
        assert ended.code == code, f"airdock {arguments}: {ended}"
        return ended

    def json(self, *arguments: object, **options: Any) -> Any:
        """What a command prints with --json."""
        return json.loads(self(*arguments, "--json", **options).out)

    def write(self, project: str, files: Mapping[str, Any]) -> None:
        write_files(self.folder / project, files)

    def read(self, file: str) -> str:
        return (self.folder / file).read_text()

    @contextmanager
    def client(self) -> Iterator[Client]:
        with Client(self.server, self.token) as client:
            yield client


class Town:
    """A server with its repository, and people who use it."""

    def __init__(self, server: AirdockServer, folder: Path, program: Program, tokens: Mapping[str, str]) -> None:
        self.server, self._folder, self._program, self._tokens = server, folder, program, tokens

    def person(self, name: str, *, signed_in: bool = True) -> Person:
        """Somebody at a machine that was not used before."""
        token = self._tokens.get(name, "") if signed_in else ""
        return Person(name, self._folder / name, self.server.admin_url, self._program, token)


@contextmanager
def a_server(home: Path, users: Mapping[str, list[str]]) -> Iterator[tuple[AirdockServer, dict[str, str]]]:
    """A server of a repository; the users with their roles, and a token of each."""
    tokens = add_users(home, users)
    with running(None, home, admin=True) as server:
        yield server, tokens


def add_users(home: Path, users: Mapping[str, list[str]]) -> dict[str, str]:
    from airdock.database import Database
    from airdock.identity import Identity, Principal

    database = Database(home)
    database.open()
    try:
        identity = Identity(database)
        tokens = {}
        for name, roles in users.items():
            identity.users.create(name, password=PASSWORD, roles=roles, by="local")
            tokens[name] = identity.tokens.create_personal(Principal(name, frozenset(roles)), "test").text
    finally:
        database.close()
    return tokens
