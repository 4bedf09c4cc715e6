"""The client itself."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

import httpx

from airdock.api.agent import AgentInfo, ArtefactInfo
from airdock.api.audit import AuditEntry
from airdock.api.connections import ConnectionInfo, ConnectionTest
from airdock.api.flows import FlowInfo, RouteInfo
from airdock.api.projects import Member, Members, Project
from airdock.api.secrets import SecretInfo, SecretValue
from airdock.api.session import Session
from airdock.api.settings import SettingInfo
from airdock.api.users import Preferences, PreferencesChange
from airdock.client.accounts import TokenCalls, UserCalls
from airdock.client.address import DEFAULT_SERVER
from airdock.client.jobs import JobCalls
from airdock.client.letters import LetterCalls, ListenerCalls
from airdock.client.messages import MessageCalls
from airdock.client.pages import items
from airdock.client.registry import RegistryCalls
from airdock.client.runs import RunCalls
from airdock.client.transport import Transport, path_of
from airdock.client.workspace import SandboxCalls, WorkspaceCalls


class Client:
    """The management API of one server. Use it as a context manager, or close it.

    It may be used by several threads. Every call raises `ApiError` when the server refuses or fails,
    `UnreachableError` when there is no answer, and `UnexpectedAnswerError` when something else answers.

    Attributes:
        server: The server's address.
        workspace, sandbox: What is the caller's own. registry: What is published.
        runs, jobs, listeners, letters, users, tokens: The others.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        token: str = "",
        *,
        user: str = "",
        password: str = "",
        timeout: float = 60.0,
        insecure: bool = False,
        through: httpx.BaseTransport | None = None,
    ) -> None:
        """
        Args:
            server: Address of the management port, with the server's prefix if it has one.
            token: What `airdock tokens create` printed; or a user and a password. An open installation takes neither.
            timeout: Seconds that the server may be silent.
            insecure: Whether a token may be sent unencrypted to another machine.
            through: What carries the requests, for tests.

        Raises:
            InsecureServerError: a token would be sent unencrypted. ValueError: the address is none.
        """
        self._transport = Transport(
            server, token=token, user=user, password=password, timeout=timeout, insecure=insecure, through=through
        )
        self.server = self._transport.server
        self.workspace = WorkspaceCalls(self._transport)
        self.sandbox = SandboxCalls(self._transport)
        self.registry = RegistryCalls(self._transport)
        self.runs = RunCalls(self._transport)
        self.jobs = JobCalls(self._transport)
        self.listeners = ListenerCalls(self._transport)
        self.letters = LetterCalls(self._transport)
        self.messages = MessageCalls(self._transport)
        self.users = UserCalls(self._transport)
        self.tokens = TokenCalls(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.server!r})"

    def close(self) -> None:
        """Ends the connections."""
        self._transport.close()

    def session(self) -> Session:
        """Who the caller is and what they may do."""
        return self._transport.read(Session, "/session")

    def projects(self) -> Iterator[Project]:
        """Every project that the caller may see."""
        return items(self._transport, Project, "/projects")

    def members(self, project: str) -> list[Member]:
        """Who may see a project; nobody in it means that it is not restricted."""
        return self._transport.read(Members, path_of("projects", project, "members")).members

    def set_members(self, project: str, members: list[Member]) -> list[Member]:
        """Says who may see a project."""
        body = Members(members=members)
        return self._transport.write(Members, "PUT", path_of("projects", project, "members"), body).members

    def preferences(self) -> Preferences:
        """How the caller wants to work."""
        return self._transport.read(Preferences, "/preferences")

    def set_preferences(self, *, auto_activate: bool) -> Preferences:
        """Says how the caller wants to work. `auto_activate`: what is saved is activated at once."""
        return self._transport.write(
            Preferences, "PATCH", "/preferences", PreferencesChange(auto_activate=auto_activate)
        )

    def routes(self) -> Iterator[RouteInfo]:
        """The addresses that published flows answer at."""
        return items(self._transport, RouteInfo, "/routes")

    def flows(self) -> Iterator[FlowInfo]:
        """The flows that answer."""
        return items(self._transport, FlowInfo, "/flows")

    def agent(self) -> AgentInfo:
        """The nodes, and the first descriptors of the node that answers."""
        return self._transport.read(AgentInfo, "/agent")

    def artefacts(self) -> Iterator[ArtefactInfo]:
        """Every descriptor of the node that answers, and how it stands."""
        return items(self._transport, ArtefactInfo, "/agent")

    def connections(self) -> Iterator[ConnectionInfo]:
        """The connections, and how they stand."""
        return items(self._transport, ConnectionInfo, "/connections")

    def test_connection(self, name: str) -> ConnectionTest:
        """Opens a connection and asks its service for a sign of life."""
        path = path_of("connections", *name.strip("/").split("/"))
        return self._transport.write(ConnectionTest, "POST", path, None)

    def settings(self) -> Iterator[SettingInfo]:
        """The settings of the server, secrets masked."""
        return items(self._transport, SettingInfo, "/settings")

    def audit(self, limit: int | None = None) -> Iterator[AuditEntry]:
        """Who did what, the newest first."""
        return items(self._transport, AuditEntry, "/audit", limit=limit)

    def secrets(self) -> Iterator[SecretInfo]:
        """The names of secrets."""
        return items(self._transport, SecretInfo, "/secrets")

    def set_secret(self, name: str, value: str, *, overwrite: bool = False) -> None:
        """Keeps a secret, or gives it another value. `overwrite`: also when what is there cannot be decrypted."""
        self._transport.send("PUT", path_of("secrets", name), body=SecretValue(value=value, overwrite=overwrite))

    def remove_secret(self, name: str) -> None:
        """Removes a secret."""
        self._transport.send("DELETE", path_of("secrets", name))
