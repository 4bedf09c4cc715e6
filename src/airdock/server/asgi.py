"""A folder of flows as an ASGI application, served by itself or mounted in another application."""

import asyncio
import atexit
import threading
from pathlib import Path
from typing import Any

from airdock.server.serving import Serving
from airdock.server.settings import Settings, load_settings
from airdock.triggers.http import CurrentRoutes, HttpHandler
from airdock.triggers.http.asgi import AsgiApp, Receive, Scope, Send


class FolderApp:
    """Starts with the server that runs it, or, when it is mounted, with the first request.

    It may be started again after it was stopped. What was not stopped when the program ends is stopped then; whoever
    mounts it may call `close` or `aclose` before.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._serving: Serving | None = None
        self._app: AsgiApp | None = None
        self._lock = threading.Lock()
        self._lifespan = AsgiApp(HttpHandler(CurrentRoutes()), self._begin, self._end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        if self._app is None:
            self._app = await self._begin_app()
        await self._app(scope, receive, send)

    async def aclose(self) -> None:
        """Stops it: changes are followed no longer, and the run log is written out. A second call does nothing."""
        await self._end()

    def close(self) -> None:
        """`aclose`, where no event loop runs any more."""
        serving, self._serving, self._app = self._serving, None, None
        if serving is not None:
            serving.close()
            atexit.unregister(serving.close)

    def _started(self) -> Serving:
        with self._lock:
            if self._serving is None:
                self._serving = Serving(self.settings)
                atexit.register(self._serving.close)
            return self._serving

    def _load(self) -> Serving:
        serving = self._started()
        with self._lock:
            if not serving.loaded:
                serving.load()
        return serving

    async def _begin(self) -> None:
        self._app = await self._begin_app()

    async def _begin_app(self) -> AsgiApp:
        serving = await asyncio.to_thread(self._load)
        serving.start(asyncio.get_running_loop())
        return AsgiApp(serving.handler)

    async def _end(self) -> None:
        serving, self._serving, self._app = self._serving, None, None
        if serving is not None:
            await serving.stop()
            atexit.unregister(serving.close)


def asgi_app(folder: str | Path, **settings: Any) -> FolderApp:
    """The flows of a folder as an ASGI application: `app.mount("/flows", asgi_app("flows"))`.

    Nothing is opened or compiled until it is started. Further settings are those of `airdock.server.Settings`
    (`dev=True`, `max_body="1MB"`); those of ports and processes have no meaning here.

    Raises:
        SettingsError: a setting has a value that cannot be used.
    """
    return FolderApp(load_settings({"folder": folder, **settings}))
