"""An installation for tests of the management API, asked without a socket."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from airdock.connectors.hub.memory import MemoryHub
from airdock.identity import Principal
from airdock.runlog import RunStore
from airdock.server.management.app import ManagementApp
from airdock.server.management.parts import Parts
from airdock.server.serving import Serving
from airdock.server.settings import load_settings
from tests.service.server import output_flow, write_files

ADMINISTRATOR = "root"
PASSWORD = "correct horse battery"

SHOP = {"hello.flow": b'{"steps": [{"type": "output", "message": "hello"}]}', "lib.js": b"exports.x = 1\n"}
BROKEN = b'{"steps": [{"type": "outptu"}]}'


class Installation:
    """The application, and tokens of those who ask it.

    Attributes:
        app: The application. parts: What its routes work with. serving: The flows.
    """

    def __init__(self, app: ManagementApp, serving: Serving) -> None:
        self.app = app
        self.serving = serving
        self.parts: Parts = app.parts
        self.parts.open()

    def add_user(self, name: str, *roles: str, password: str | None = None) -> str:
        """Makes a user; the first one is the administrator. The text of a token of theirs."""
        users = self.parts.identity.users
        if not users.exist():
            users.create(ADMINISTRATOR, password=PASSWORD, roles=["administrator"], by="test")
        if name != ADMINISTRATOR:
            users.create(name, password=password, roles=roles, by="test")
        return self.token(name)

    def token(self, user: str, **limits: Any) -> str:
        """The text of a token of a user."""
        return self.parts.identity.tokens.create_personal(Principal(user), "test", **limits).text

    def restrict(self, project: str, **members: Iterable[str]) -> None:
        """Gives a project members: name → roles."""
        self.parts.identity.members.put(project, members, by="test")

    def client(self, token: str = "", host: str = "localhost:8081", remote: str = "127.0.0.1") -> httpx.AsyncClient:
        """A client, signed in by a token; below `/api/v1`."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, client=(remote, 4711))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}/api/v1", headers=headers)


@contextmanager
def installation(
    folder: Path,
    home: Path,
    *,
    repository: bool = True,
    database_url: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Installation]:
    """An installation that serves the repository, or else a folder with two projects."""
    write_files(folder, {"shop/hello.flow": output_flow("hello"), "hidden/secret.flow": output_flow("psst")})
    given = {"folder": None if repository else folder, "home": home, "database_url": database_url, **(settings or {})}
    serving = Serving(load_settings(given, {}), "management")
    serving.agent.runtime.links.hub = MemoryHub()
    serving.load()
    app = ManagementApp(serving, RunStore(home))
    try:
        yield Installation(app, serving)
    finally:
        serving.close()
