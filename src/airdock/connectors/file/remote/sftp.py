"""Files of a server, by SFTP over asyncssh."""

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import asyncssh
from asyncssh import sftp as protocol

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.paths import existing, missing
from airdock.connectors.file.remote.files import Entry, RemoteFiles
from airdock.connectors.resolving import resolved
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.sftp import SftpStore

T = TypeVar("T")

_MISSING = (protocol.SFTPNoSuchFile, protocol.SFTPNoSuchPath, protocol.SFTPNotADirectory)
_FULL = (protocol.SFTPNoSpaceOnFilesystem, protocol.SFTPQuotaExceeded)
_AWAY = (
    protocol.SFTPNoConnection,
    protocol.SFTPConnectionLost,
    asyncssh.ConnectionLost,
    asyncssh.DisconnectError,
    asyncssh.ChannelOpenError,
    OSError,
)


class SftpFiles(RemoteFiles):
    """One session with a server, in which several things are done at the same time; a lost one is made anew."""

    @classmethod
    async def open(cls, store: "SftpStore", opening: Opening, root: str) -> "SftpFiles":
        """Connects to nothing yet. Raises FlowError: `connector.secret`; `connector.failed`, a key cannot be read."""
        key = None if store.key is None else opening.secret(store.key)
        passphrase = None if store.passphrase is None else opening.secret(store.passphrase)
        # What opens a key takes long on purpose.
        keys = None if key is None else [await asyncio.to_thread(_private_key, key, passphrase, opening.name)]
        return cls(store, opening, root, keys)

    def __init__(self, store: "SftpStore", opening: Opening, root: str, keys: list[asyncssh.SSHKey] | None) -> None:
        self.location = f"sftp://{store.user}@{store.host}:{store.port}/{root}"
        self._store = store
        self._name = opening.name
        self._network = opening.network
        self._root = root.rstrip("/") or ("/" if root else ".")
        self._within = ""
        self._keys = keys
        self._password = None if store.password is None else opening.secret(store.password)
        self._host_keys = _host_keys(store, opening.name)
        self._room = asyncio.Semaphore(store.connections)
        self._lock = asyncio.Lock()
        self._session: tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient] | None = None

    async def check(self) -> None:
        async with self._client("") as client:
            if not await self._in_time(client.isdir(self._root)):
                raise unavailable(self._name, f"there is no folder {self._root!r} on {self._store.host}")

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session[1].exit()
            session[0].abort()

    async def read(self, path: str, offset: int, size: int) -> bytes:
        async with self._client(path) as client, self._opened(client, path, "rb") as file:
            return bytes(await self._in_time(file.read(size, offset)))

    async def append(self, path: str, content: bytes) -> None:
        await self._make_above(path)
        async with self._client(path) as client, self._opened(client, path, "ab") as file:
            await self._in_time(file.write(content))

    async def upload(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        size = 0
        async with self._client(path) as client, self._opened(client, path, "xb") as file:
            async for piece in pieces:
                await self._in_time(file.write(piece))
                size += len(piece)
            try:
                await self._in_time(file.fsync())
            except protocol.SFTPOpUnsupported:
                # A server that cannot be asked to has the file when it is closed.
                pass
        return size

    async def entries(self, folder: str) -> list[Entry]:
        async with self._client(folder) as client:
            found = await self._in_time(client.readdir(self._at(folder)))
            entries = [_entry(str(each.filename), each.attrs) for each in found if each.filename not in (".", "..")]
            return [each for each in entries if each is not None]

    async def look(self, path: str) -> Entry | None:
        async with self._client(path) as client:
            try:
                attributes = await self._in_time(client.stat(self._at(path)))
            except _MISSING:
                return None
            return _entry(path.rpartition("/")[2], attributes)

    async def rename(self, path: str, to: str, overwrite: bool) -> None:
        async with self._client(path) as client:
            await self._guard(client, to)
            try:
                if overwrite:
                    await self._in_time(client.posix_rename(self._at(path), self._at(to)))
                else:
                    await self._in_time(client.rename(self._at(path), self._at(to)))
            except (protocol.SFTPFailure, protocol.SFTPFileAlreadyExists):
                # Servers of the common version have one word for all that goes wrong.
                if not overwrite and await self._in_time(client.lexists(self._at(to))):
                    raise existing(to) from None
                raise

    async def remove(self, path: str) -> bool:
        async with self._client(path) as client:
            try:
                await self._in_time(client.remove(self._at(path)))
            except _MISSING:
                return False
            return True

    async def make(self, folder: str) -> None:
        async with self._client(folder) as client:
            try:
                await self._in_time(client.mkdir(self._at(folder)))
            except (protocol.SFTPFailure, protocol.SFTPFileAlreadyExists):
                if not await self._in_time(client.isdir(self._at(folder))):
                    raise

    def _at(self, path: str) -> str:
        return posixpath.join(self._root, path) if path else self._root

    @asynccontextmanager
    async def _client(self, path: str) -> AsyncIterator[asyncssh.SFTPClient]:
        """The session, for what is done at a path within the folder; errors are told as authors know them."""
        try:
            client = await self._connected()
            await self._guard(client, path)
            yield client
        except DeadlineError:
            message = f"{self._name} did not answer within {self._store.timeout:g} s"
            raise FlowError("connector.timeout", message) from None
        except (*_AWAY, asyncssh.Error) as error:
            raise self._told(error, path) from error

    async def _guard(self, client: asyncssh.SFTPClient, path: str) -> None:
        """Looks where a path really leads: a link on the server may lead out of the folder."""
        while path:
            try:
                found = str(await self._in_time(client.realpath(self._at(path))))
            except (*_MISSING, protocol.SFTPFailure):
                # Some servers know only the place of what is there.
                path = path.rpartition("/")[0]
                continue
            if found != self._within and not found.startswith(self._within.rstrip("/") + "/"):
                raise FlowError("connector.file.path", f"{path!r} leads out of the connection's folder by a link")
            return

    @asynccontextmanager
    async def _opened(self, client: asyncssh.SFTPClient, path: str, mode: Any) -> AsyncIterator[Any]:
        file = await self._in_time(client.open(self._at(path), mode, max_requests=16))
        try:
            yield file
        finally:
            await self._in_time(file.close())

    async def _in_time(self, work: Awaitable[T]) -> T:
        # Who writes waits for its pieces, which may come from here, too: room is taken for each request alone.
        async with self._room:
            return await within(self._store.timeout, work)

    async def _connected(self) -> asyncssh.SFTPClient:
        async with self._lock:
            session = self._session
            if session is not None and not session[0].is_closed():
                return session[1]
            self._session = None
            connection = await self._dialled()
            try:
                client = await self._in_time(connection.start_sftp_client())
                self._within = str(await self._in_time(client.realpath(self._root)))
            except BaseException:
                connection.abort()
                raise
            self._session = connection, client
            return client

    async def _dialled(self) -> asyncssh.SSHClientConnection:
        store, failure = self._store, unavailable(self._name, "its host has no address")
        for address in await resolved(self._name, store.host, store.port, self._network):
            try:
                return await self._in_time(self._reached(address))
            except DeadlineError:
                failure = unavailable(self._name, f"{store.host} did not answer within {store.timeout:g} s")
            except OSError as error:
                failure = unavailable(self._name, str(error))
        raise failure

    async def _reached(self, address: str) -> asyncssh.SSHClientConnection:
        """Nothing comes from the files or the agent of whoever runs Airdock."""
        return await asyncssh.connect(
            address,
            self._store.port,
            config=None,
            known_hosts=(self._host_keys, [], []),
            agent_path=None,
            gss_host=None,
            login_timeout=self._store.timeout,
            keepalive_interval=15,
            username=self._store.user,
            password=self._password,
            client_keys=self._keys,
        )

    def _told(self, error: Exception, path: str) -> FlowError:
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return refused(self._name, f"{self._store.host} shows none of the `hostKeys`: it may be another server")
        if isinstance(error, asyncssh.PermissionDenied):
            return refused(self._name, f"{self._store.host} does not let {self._store.user!r} in")
        if isinstance(error, _MISSING):
            return missing(path)
        if isinstance(error, protocol.SFTPFileAlreadyExists):
            return existing(path)
        if isinstance(error, _FULL):
            return FlowError("connector.file.full", f"there is no room for {path!r} on {self._store.host}")
        if isinstance(error, _AWAY):
            return unavailable(self._name, str(error)[:500] or type(error).__name__)
        return FlowError("connector.file.denied", f"{path!r}: {str(error)[:500] or type(error).__name__}")


def _entry(name: str, attributes: Any) -> Entry | None:
    kind = attributes.permissions
    if kind is not None and stat.S_ISDIR(kind):
        return Entry(name, True)
    if kind is None or stat.S_ISREG(kind):
        return Entry(name, False, attributes.size or 0, _time(attributes))
    return None


def _time(attributes: Any) -> float:
    return float(attributes.mtime or 0) + (attributes.mtime_ns or 0) / 1e9


def _private_key(text: str, passphrase: str | None, name: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(text, passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        # Its words could have parts of the key.
        raise FlowError("connector.failed", f"{name}: the secret of `key` is no private key") from None


def _host_keys(store: "SftpStore", name: str) -> list[asyncssh.SSHKey]:
    try:
        return [asyncssh.import_public_key(each) for each in store.host_keys]
    except (asyncssh.KeyImportError, ValueError) as error:
        raise FlowError("connector.failed", f"{name}: one of `hostKeys` is no public key: {error}") from None
