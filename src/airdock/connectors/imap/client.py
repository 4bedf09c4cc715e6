"""The client of a mailbox: a connection for each listener."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from airdock.connectors.errors import unavailable
from airdock.connectors.imap.connection import ImapConnection
from airdock.connectors.imap.dialling import Address
from airdock.connectors.imap.folder import ImapFolder
from airdock.connectors.imap.proof import Password, Proof, Token
from airdock.connectors.imap.receiving import Receiver
from airdock.connectors.imap.session import Refusal, Session
from airdock.connectors.trust import trusting
from airdock.spec.connection import Opening
from airdock.spec.trigger import Arrival


class ImapClient:
    """What `ImapConnection.connect` gives."""

    def __init__(self, name: str, address: Address, proof: Proof) -> None:
        self._name = name
        self._address = address
        self._proof = proof

    @classmethod
    async def opened(cls, declared: ImapConnection, opening: Opening) -> "ImapClient":
        """Raises FlowError: `connector.secret`, `connector.failed` where `ca` holds no certificates."""
        tls = None if declared.security == "none" else trusting(declared.ca, opening)
        address = Address(
            opening.name,
            declared.host,
            declared.server_port,
            opening.network,
            declared.timeout,
            tls,
            declared.security == "tls",
        )
        proof: Proof
        if declared.oauth2 is not None:
            proof = await Token.of(declared.oauth2, declared.user, opening)
        else:
            password = opening.secret(declared.password) if declared.password is not None else ""
            proof = Password(opening.name, declared.user, password)
        return cls(opening.name, address, proof)

    async def check(self) -> None:
        async with self._session(0) as session:
            try:
                await session.command("NOOP")
            except Refusal as error:
                raise unavailable(self._name, str(error)) from None

    async def close(self) -> None:
        await self._proof.close()

    def listen(self, wanted: Receiver, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._listening(wanted, prefetch)

    @asynccontextmanager
    async def _listening(self, receiver: Receiver, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        wanted = receiver.wanted
        async with self._session(wanted.max_size) as session:
            folder = ImapFolder(session, wanted, self._name)
            await folder.open()
            async with receiver.receive(folder, prefetch) as arrivals:
                yield arrivals

    @asynccontextmanager
    async def _session(self, most: int) -> AsyncIterator[Session]:
        session, known = await self._address.dial(most)
        try:
            await self._begin(session, known)
            yield session
        finally:
            await session.close()

    async def _begin(self, session: Session, known: bool) -> None:
        try:
            if not session.capabilities:
                await session.command("CAPABILITY")
            before = session.capabilities
            if not known:
                await self._proof.sign_in(session)
            if session.capabilities is before:
                # What a server can is often more when it knows the caller.
                await session.command("CAPABILITY")
        except Refusal as error:
            raise unavailable(self._name, str(error)) from None
