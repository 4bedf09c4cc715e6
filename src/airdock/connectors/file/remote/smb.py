"""Files of a share, by SMB over smbprotocol."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from stat import FILE_ATTRIBUTE_REPARSE_POINT
from typing import TYPE_CHECKING, Any, TypeVar

import smbclient  # type: ignore[import-untyped]
from smbprotocol.exceptions import (  # type: ignore[import-untyped]
    LogonFailure,
    SMBAuthenticationError,
    SMBException,
    SMBOSError,
)
from smbprotocol.header import NtStatus  # type: ignore[import-untyped]

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.paths import existing, missing
from airdock.connectors.file.remote.files import Entries, Entry, RemoteFiles
from airdock.connectors.file.remote.sessions import Sessions
from airdock.connectors.file.spool import spooled
from airdock.connectors.resolving import resolved
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.smb import SmbStore

T = TypeVar("T")

# A colon would lead into another stream of a file; the others are no letters of names there.
_NO_NAME = re.compile(r'[:*?"<>|]|[. ](/|$)')
_MISSING = (
    NtStatus.STATUS_OBJECT_NAME_NOT_FOUND,
    NtStatus.STATUS_OBJECT_PATH_NOT_FOUND,
    NtStatus.STATUS_NO_SUCH_FILE,
    NtStatus.STATUS_NOT_FOUND,
)
_FULL = (NtStatus.STATUS_DISK_FULL,)
_PIECE = 1024**2


class Session:
    """One connection to a server, signed in.

    Attributes:
        options: What each function of the library needs to use it.
    """

    def __init__(self, address: str, store: "SmbStore", password: str) -> None:
        self._cache: dict[str, Any] = {}
        self.address = address
        self.options = {
            "username": store.user,
            "password": password,
            "port": store.port,
            "connection_cache": self._cache,
        }
        smbclient.ClientConfig(skip_dfs=True)
        smbclient.register_session(
            address,
            **self.options,
            encrypt=store.encrypt or None,
            connection_timeout=store.timeout,
            auth_protocol="ntlm",
        )

    def alive(self) -> bool:
        return all(each.transport.connected for each in self._cache.values())

    def cut(self) -> None:
        for each in list(self._cache.values()):
            each.transport.close()


class SmbFiles(RemoteFiles):
    """A folder of a share, by a few sessions."""

    def __init__(self, store: "SmbStore", opening: Opening, root: str) -> None:
        """Raises FlowError: `connector.secret`."""
        self._store = store
        self._name = opening.name
        self._network = opening.network
        self._root = root
        self._password = opening.secret(store.password).strip("\r\n")
        self._addresses: list[str] = []
        self._sessions = Sessions(store.connections, self._signed_in, Session.cut, Session.alive)
        self.location = f"smb://{store.host}:{store.port}/{store.share}/{root}"

    async def check(self) -> None:
        found = await self.look("")
        if found is None or not found.folder:
            raise unavailable(self._name, f"there is no folder {self._root or '/'!r} on {self._store.host}")

    async def close(self) -> None:
        self._sessions.close()

    async def read(self, path: str, offset: int, size: int) -> bytes:
        def read(session: Session) -> bytes:
            with smbclient.open_file(self._at(session, path), "rb", share_access="rwd", **session.options) as file:
                file.seek(offset)
                content: bytes = file.read(size)
                return content

        return await self._do(path, read)

    async def append(self, path: str, content: bytes) -> None:
        def append(session: Session) -> None:
            with smbclient.open_file(self._at(session, path), "ab", share_access="r", **session.options) as file:
                file.write(content)

        await self._make_above(path)
        await self._do(path, append)

    async def upload(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        async with spooled(pieces) as whole:

            def upload(session: Session) -> None:
                with smbclient.open_file(self._at(session, path), "xb", **session.options) as file:
                    shutil.copyfileobj(whole.file, file, _PIECE)

            await self._do(path, upload, 1 + whole.size // _PIECE)
            return whole.size

    async def entries(self, folder: str) -> Entries:
        def entries(session: Session) -> Entries:
            found = smbclient.scandir(self._at(session, folder), **session.options)
            return [entry for each in found if (entry := _entry(each)) is not None]

        above = await self.look(folder)
        if above is None:
            raise missing(folder)
        if not above.folder:
            raise FlowError("connector.file.denied", f"{folder!r} is a file, not a folder")
        return await self._do(folder, entries)

    async def look(self, path: str) -> Entry | None:
        def look(session: Session) -> Entry | None:
            try:
                found = smbclient.lstat(self._at(session, path), **session.options)
            except SMBOSError as error:
                if error.ntstatus in _MISSING:
                    return None
                raise
            name = path.rpartition("/")[2]
            if found.st_file_attributes & 0x10:
                return Entry(name, True)
            return Entry(name, False, found.st_size, found.st_mtime)

        return await self._do(path, look)

    async def rename(self, path: str, to: str, overwrite: bool) -> None:
        def rename(session: Session) -> None:
            move = smbclient.replace if overwrite else smbclient.rename
            move(self._at(session, path), self._at(session, to), **session.options)

        await self._do(path, rename, to=to)

    async def remove(self, path: str) -> bool:
        def remove(session: Session) -> bool:
            try:
                smbclient.remove(self._at(session, path), **session.options)
            except SMBOSError as error:
                if error.ntstatus in _MISSING:
                    return False
                raise
            return True

        return await self._do(path, remove)

    async def make(self, folder: str) -> None:
        def make(session: Session) -> None:
            try:
                smbclient.mkdir(self._at(session, folder), **session.options)
            except SMBOSError as error:
                if error.ntstatus != NtStatus.STATUS_OBJECT_NAME_COLLISION:
                    raise

        await self._do(folder, make)

    def _at(self, session: Session, path: str) -> str:
        if _NO_NAME.search(path):
            raise FlowError("connector.file.path", f"{path!r} is no name of a file of Windows")
        parts = ["", "", session.address, self._store.share, *self._root.split("/"), *path.split("/")]
        return "\\".join(parts[:2] + [part for part in parts[2:] if part])

    async def _do(self, path: str, work: Callable[[Session], T], times: int = 1, to: str = "") -> T:
        store = self._store
        self._addresses = await resolved(self._name, store.host, store.port, self._network)
        try:
            # Who waits too long is cancelled, which cuts the session: the library itself waits for ever.
            return await within(store.timeout * times, self._sessions.run(work))
        except (DeadlineError, TimeoutError):
            raise FlowError("connector.timeout", f"{self._name} did not answer within {store.timeout:g} s") from None
        except (SMBException, SMBOSError, OSError, ValueError) as error:
            raise self._told(error, path, to) from error

    def _signed_in(self) -> Session:
        """A new session; in a thread."""
        failure: Exception = OSError("its host has no address")
        for address in self._addresses:
            try:
                return Session(address, self._store, self._password)
            except (OSError, ValueError) as error:
                failure = error
        raise unavailable(self._name, str(failure)[:500])

    def _told(self, error: Exception, path: str, to: str) -> FlowError:
        words = str(error)[:500].replace(self._password or "\0", "***")
        if isinstance(error, LogonFailure | SMBAuthenticationError):
            return refused(self._name, words)
        if isinstance(error, SMBOSError):
            if error.ntstatus in _MISSING:
                return missing(path)
            if error.ntstatus == NtStatus.STATUS_OBJECT_NAME_COLLISION:
                return existing(to or path)
            if error.ntstatus in _FULL:
                return FlowError("connector.file.full", f"there is no room for {path!r} on {self._store.host}")
            return FlowError("connector.file.denied", f"{path!r}: {words}")
        return unavailable(self._name, words or type(error).__name__)


def _entry(found: Any) -> Entry | None:
    """What a list has of it; None for a link."""
    info = found.smb_info
    if info.file_attributes & FILE_ATTRIBUTE_REPARSE_POINT:
        return None
    if found.is_dir():
        return Entry(found.name, True)
    return Entry(found.name, False, info.end_of_file, info.last_write_time.timestamp())
