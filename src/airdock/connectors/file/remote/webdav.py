"""Files of a server, by WebDAV."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.asking import Answered, Asking, failed, words
from airdock.connectors.file.paths import existing, missing
from airdock.connectors.file.remote.files import Entries, Entry, RemoteFiles
from airdock.connectors.file.remote.multistatus import ASKED, Described, described
from airdock.connectors.file.spool import spooled
from airdock.connectors.http.auth import sendable
from airdock.connectors.trust import trusting
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.webdav import WebDavStore

_APPENDED = 64 * 1024**2
"""Bytes of the largest file that is appended to: it is read, and put again as a whole."""
_ATTEMPTS = 10
_AWAY = (429, 502, 503, 504)


class WebDavFiles(RemoteFiles):
    """A folder of a server of WebDAV. Names are encoded, all of them: none of them is read as more than a name."""

    def __init__(self, store: "WebDavStore", opening: Opening, root: str) -> None:
        """Raises FlowError: `connector.secret`; `connector.failed` where `caFile` holds no certificates."""
        self._name = opening.name
        self._base = store.url.rstrip("/") + "".join(f"/{_quoted(part)}" for part in root.split("/") if part)
        self._path = unquote(urlsplit(self._base).path).rstrip("/")
        self._headers = _credentials(store, opening)
        context = trusting(store.ca_file, opening) if store.url.lower().startswith("https:") else None
        self._asking = Asking(opening, store.timeout, store.connections, context)
        self.location = self._base

    async def check(self) -> None:
        found = await self.look("")
        if found is None or not found.folder:
            raise unavailable(self._name, f"there is no folder {self._base}")

    async def close(self) -> None:
        await self._asking.close()

    async def read(self, path: str, offset: int, size: int) -> bytes:
        status, content = await self._asking.part(self._url(path), self._headers, offset, size)
        if status not in (200, 206, 416):
            raise self._told(Answered(status, {}, b""), path)
        return content

    async def append(self, path: str, content: bytes) -> None:
        """Puts the file anew with more behind it, unless somebody else does so meanwhile."""
        await self._make_above(path)
        for _ in range(_ATTEMPTS):
            found = await self._found(path)
            before, condition = b"", {"If-None-Match": "*"}
            if found is not None:
                if found.entry.size + len(content) > _APPENDED:
                    message = f"{path!r} would be larger than 64 MB, and is put anew to append to it"
                    raise FlowError("connector.file.tooLarge", message)
                before = await self.read(path, 0, _APPENDED)
                condition = {"If-Match": found.tag} if found.tag else {}
            answer = await self._ask("PUT", path, condition, before + content)
            if answer.status in (200, 201, 204):
                return
            if answer.status != 412:
                raise self._told(answer, path)
        raise FlowError("connector.file.denied", f"{path!r} is changed by others all the time")

    async def upload(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        async with spooled(pieces) as whole:
            answer = await self._asking.send("PUT", self._url(path), self._headers, whole)
            if answer.status not in (200, 201, 204):
                raise self._told(answer, path)
            return whole.size

    async def entries(self, folder: str) -> Entries:
        above = f"{self._path}/{folder}" if folder else self._path
        found = await self._described(folder, "1")
        if found is None:
            raise missing(folder)
        if any(each.path == above and not each.entry.folder for each in found):
            raise FlowError("connector.file.denied", f"{folder!r} is a file, not a folder")
        return [each.entry for each in found if each.path.rpartition("/")[0] == above and each.entry.name]

    async def look(self, path: str) -> Entry | None:
        found = await self._found(path)
        return None if found is None else found.entry

    async def rename(self, path: str, to: str, overwrite: bool) -> None:
        headers = {"Destination": self._url(to), "Overwrite": "T" if overwrite else "F"}
        answer = await self._ask("MOVE", path, headers)
        if answer.status == 412:
            raise existing(to)
        if answer.status not in (200, 201, 204):
            raise self._told(answer, path)

    async def remove(self, path: str) -> bool:
        found = await self.look(path)
        if found is None:
            return False
        if found.folder:
            raise FlowError("connector.file.denied", f"{path!r} is a folder")
        answer = await self._ask("DELETE", path)
        if answer.status not in (200, 204, 404):
            raise self._told(answer, path)
        return answer.status != 404

    async def make(self, folder: str) -> None:
        answer = await self._ask("MKCOL", folder)
        if answer.status not in (200, 201, 405):
            raise self._told(answer, folder)

    async def _found(self, path: str) -> Described | None:
        found = await self._described(path, "0")
        return found[0] if found else None

    async def _described(self, path: str, depth: str) -> list[Described] | None:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answer = await self._ask("PROPFIND", path, headers, ASKED)
        if answer.status in (404, 409):
            return None
        if answer.status != 207:
            raise self._told(answer, path)
        try:
            return described(answer.content)
        except ValueError as error:
            raise FlowError("connector.failed", f"{self._name}: the answer cannot be read: {error}") from error

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Answered:
        return await self._asking.ask(method, self._url(path), {**self._headers, **(headers or {})}, body)

    def _url(self, path: str) -> str:
        return self._base + "".join(f"/{_quoted(part)}" for part in path.split("/") if part)

    def _told(self, answer: Answered, path: str) -> FlowError:
        if answer.status == 401:
            return refused(self._name, words(answer))
        if answer.status in (404, 409):
            return missing(path)
        if answer.status == 507:
            return FlowError("connector.file.full", f"there is no room for {path!r}: {words(answer)}")
        if answer.status in _AWAY:
            return unavailable(self._name, words(answer))
        if 400 <= answer.status < 500:
            return FlowError("connector.file.denied", f"{path!r}: {words(answer)}")
        return failed(self._name, answer)


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _credentials(store: "WebDavStore", opening: Opening) -> dict[str, str]:
    if store.token is not None:
        return {"Authorization": f"Bearer {sendable(opening.secret(store.token), store.token.secret)}"}
    if store.password is None:
        return {}
    pair = f"{store.user}:{opening.secret(store.password)}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}
