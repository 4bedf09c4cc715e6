"""Files of a server, by FTP."""

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from ftplib import all_errors, error_perm, error_reply, error_temp
from typing import TYPE_CHECKING, TypeVar

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.paths import existing, missing
from airdock.connectors.file.remote.files import Entries, Entry, RemoteFiles
from airdock.connectors.file.remote.ftp_session import FtpSession, read_facts
from airdock.connectors.file.remote.sessions import Sessions
from airdock.connectors.file.spool import spooled
from airdock.connectors.resolving import resolved
from airdock.connectors.trust import trusting
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.ftp import FtpStore

T = TypeVar("T")

_PIECE = 64 * 1024
_MOST = 200_000
"""Lines of the longest list of a folder."""


class FtpFiles(RemoteFiles):
    """A folder of a server of FTP, by a few sessions."""

    def __init__(self, store: "FtpStore", opening: Opening, root: str) -> None:
        """Raises FlowError: `connector.secret`; `connector.failed` where `caFile` holds no certificates."""
        self._store = store
        self._name = opening.name
        self._network = opening.network
        self._root = root.rstrip("/") or ("/" if root else "")
        self._password = "" if store.password is None else opening.secret(store.password).strip("\r\n")
        self._context = None if store.security == "none" else _context(store.ca_file, opening)
        self._addresses: list[str] = []
        self._sessions = Sessions(store.connections, self._dialled, FtpSession.cut, FtpSession.alive)
        self.location = f"ftp://{store.user or 'anonymous'}@{store.host}:{store.server_port}/{root}"

    async def check(self) -> None:
        facts = await self._do("", lambda session: session.facts(self._root) if self._root else {"type": "dir"})
        if facts is None or facts.get("type", "").lower() not in ("dir", "cdir"):
            raise unavailable(self._name, f"there is no folder {self._root!r} on {self._store.host}")

    async def close(self) -> None:
        self._sessions.close()

    async def read(self, path: str, offset: int, size: int) -> bytes:
        return await self._do(path, lambda session: _received(session, self._at(path), offset, size))

    async def append(self, path: str, content: bytes) -> None:
        await self._make_above(path)
        async with spooled(content) as whole:
            await self._do(path, lambda session: session.storbinary(f"APPE {self._at(path)}", whole.file, _PIECE))

    async def upload(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        async with spooled(pieces) as whole:
            await self._do(path, lambda session: session.storbinary(f"STOR {self._at(path)}", whole.file, _PIECE))
            return whole.size

    async def entries(self, folder: str) -> Entries:
        found = await self.look(folder)
        if found is None:
            raise missing(folder)
        if not found.folder:
            raise FlowError("connector.file.denied", f"{folder!r} is a file, not a folder")
        return await self._do(folder, lambda session: _listed(session, self._at(folder)))

    async def look(self, path: str) -> Entry | None:
        def look(session: FtpSession) -> Entry | None:
            facts = session.facts(self._at(path))
            return None if facts is None else _entry(path.rpartition("/")[2], facts)

        return await self._do(path, look) if path else Entry("", True)

    async def rename(self, path: str, to: str, overwrite: bool) -> None:
        def rename(session: FtpSession) -> None:
            if not overwrite and session.facts(self._at(to)) is not None:
                raise existing(to)
            try:
                session.rename(self._at(path), self._at(to))
            except error_perm:
                # Some servers replace no file when they rename; who asks for it has it in two steps there.
                if not overwrite or session.facts(self._at(to)) is None:
                    raise
                session.delete(self._at(to))
                session.rename(self._at(path), self._at(to))

        await self._do(path, rename)

    async def remove(self, path: str) -> bool:
        def remove(session: FtpSession) -> bool:
            if session.facts(self._at(path)) is None:
                return False
            session.delete(self._at(path))
            return True

        return await self._do(path, remove)

    async def make(self, folder: str) -> None:
        def make(session: FtpSession) -> None:
            try:
                session.mkd(self._at(folder))
            except error_perm:
                if session.facts(self._at(folder)) is None:
                    raise

        await self._do(folder, make)

    def _at(self, path: str) -> str:
        if not self._root:
            return path
        return f"{self._root.rstrip('/')}/{path}" if path else self._root

    async def _do(self, path: str, work: Callable[[FtpSession], T]) -> T:
        store = self._store
        self._addresses = await resolved(self._name, store.host, store.server_port, self._network)
        try:
            return await self._sessions.run(work)
        except TimeoutError:
            raise FlowError("connector.timeout", f"{self._name} did not answer within {store.timeout:g} s") from None
        except all_errors as error:
            raise self._told(error, path) from error

    def _dialled(self) -> FtpSession:
        """A new session; in a thread."""
        store, failure = self._store, OSError("its host has no address")
        for address in self._addresses:
            session = FtpSession(store.host, self._context, store.timeout, store.encoding)
            try:
                session.dial(address, store.server_port, store.security == "implicit")
                session.sign_in(store.user, self._password)
            except OSError as error:
                session.cut()
                failure = error
            except BaseException:
                session.cut()
                raise
            else:
                return session
        raise unavailable(self._name, str(failure)[:500] or type(failure).__name__)

    def _told(self, error: Exception, path: str) -> FlowError:
        words = str(error)[:500].replace(self._password or "\0", "***")
        code = words[:3]
        if code in ("530", "534", "331", "332"):
            return refused(self._name, words)
        if code in ("452", "552"):
            return FlowError("connector.file.full", f"there is no room for {path!r}: {words}")
        if code == "550" and any(each in words.lower() for each in ("no such", "not found", "cannot find")):
            return missing(path)
        if code in ("500", "502", "504"):
            return FlowError("connector.failed", f"{self._name}: the server lacks what is needed: {words}")
        if isinstance(error, error_perm):
            return FlowError("connector.file.denied", f"{path!r}: {words}")
        if isinstance(error, error_temp | error_reply):
            return FlowError("connector.failed", f"{self._name}: {words}")
        return unavailable(self._name, words or type(error).__name__)


def _context(ca_file: str, opening: Opening) -> ssl.SSLContext:
    context = trusting(ca_file, opening)
    # The session of the commands is used again for data, which version 1.3 of TLS gives no `ssl` of Python.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _received(session: FtpSession, path: str, offset: int, size: int) -> bytes:
    """A part of a file; the rest is not waited for."""
    if size <= 0:
        return b""
    taken = bytearray()
    connection = session.transfercmd(f"RETR {path}", offset or None)
    try:
        while len(taken) < size:
            piece = connection.recv(min(_PIECE, size - len(taken)))
            if not piece:
                break
            taken += piece
        whole = len(taken) < size
        if whole and isinstance(connection, ssl.SSLSocket):
            connection.unwrap()
    finally:
        connection.close()
    try:
        session.voidresp()
    except (error_temp, error_perm):
        # What the server says of a transfer that was cut off by us is no error of ours.
        if whole:
            raise
    return bytes(taken)


def _listed(session: FtpSession, folder: str) -> list[Entry]:
    lines: list[str] = []

    def take(line: str) -> None:
        if len(lines) == _MOST:
            raise FlowError("connector.file.tooMany", f"the folder {folder!r} has more than {_MOST} entries")
        lines.append(line)

    session.retrlines(f"MLSD {folder}", take)
    session.voidcmd("TYPE I")
    entries = [_entry(*read_facts(line)) for line in lines]
    return [each for each in entries if each is not None]


def _entry(name: str, facts: dict[str, str]) -> Entry | None:
    kind = facts.get("type", "file").lower()
    if kind == "dir" or (kind in ("cdir", "pdir") and not name):
        return Entry(name, True)
    if kind != "file":
        return None
    return Entry(name, False, int(facts.get("size") or 0), _time(facts.get("modify", "")))


def _time(written: str) -> float:
    """`20260131120000.123`, in UTC."""
    try:
        moment = datetime.strptime(written[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
        return moment + float(f"0{written[14:]}") if written[14:] else moment
    except ValueError:
        return 0.0
