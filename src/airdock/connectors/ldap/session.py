"""A session with a directory, by ldap3. What it does blocks: each session is used in one thread at a time."""

import contextlib
import select
import socket
import ssl
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.ldap.directory import Changes, Entry, Search, Values
from airdock.connectors.ldap.filters import write
from airdock.connectors.ldap.results import BAD_PASSWORD, COMPARE_FALSE, COMPARE_TRUE, NO_OBJECT, SUCCESS, told
from airdock.errors import FlowError

with warnings.catch_warnings():
    # It uses names of pyasn1 that have become others.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3 import (
        BASE,
        LEVEL,
        MODIFY_ADD,
        MODIFY_DELETE,
        MODIFY_REPLACE,
        NONE,
        SAFE_SYNC,
        SUBTREE,
        Connection,
        Server,
        Tls,
    )
    from ldap3.core.exceptions import LDAPCommunicationError, LDAPException

_SCOPES = {"subtree": SUBTREE, "children": LEVEL, "entry": BASE}
_CHANGES = {"add": MODIFY_ADD, "replace": MODIFY_REPLACE, "delete": MODIFY_DELETE}
_PAGE = 500
_PAGING = "1.2.840.113556.1.4.319"


class Peer(NamedTuple):
    """A server, and who calls.

    Attributes:
        name: The connection's. host: As its certificate names it. address: The one that was looked up and checked.
        tls: How it is encrypted; None for not at all. starts: Encryption begins by StartTLS.
        user, password: Empty for nobody. timeout: Seconds that connecting, and each answer, may take.
    """

    name: str
    host: str
    address: str
    port: int
    tls: ssl.SSLContext | None
    starts: bool
    user: str
    password: str
    timeout: float


class Session:
    """One connection to a server, signed in."""

    def __init__(self, peer: Peer) -> None:
        """Opens nothing yet."""
        self._peer = peer
        tls = _ContextTls(peer.tls, peer.host) if peer.tls is not None else None
        server = Server(
            peer.address,
            peer.port,
            use_ssl=tls is not None and not peer.starts,
            tls=tls,
            get_info=NONE,
            connect_timeout=peer.timeout,
        )
        # Its stubs lack some types.
        self._connection: Any = Connection(
            server,
            client_strategy=SAFE_SYNC,
            auto_referrals=False,
            check_names=False,
            auto_encode=False,
            raise_exceptions=False,
            receive_timeout=None,
        )

    def open(self) -> None:
        """Connects, encrypts and signs in.

        Raises:
            FlowError: `connector.unavailable`, `connector.refused`.
        """
        try:
            self._open()
        except (LDAPException, OSError) as error:
            raise unavailable(self._peer.name, _words(error)) from error
        if self._peer.user and not self.sign_in(self._peer.user, self._peer.password):
            raise refused(self._peer.name, f"the password of {self._peer.user} is not taken")

    def _open(self) -> None:
        connection = self._connection
        connection.open(read_server_info=False)
        if self._peer.starts and not connection.start_tls(read_server_info=False):
            raise unavailable(self._peer.name, "it does not encrypt (StartTLS)")

    def sign_in(self, user: str, password: str) -> bool:
        """Whether the password is that of a user, as whom the session then goes on."""
        connection = self._connection
        connection.authentication, connection.user, connection.password = "SIMPLE", user, password
        result = self._talk(lambda: connection.bind(read_server_info=False))[1]
        if result["result"] == SUCCESS:
            return True
        if result["result"] in (BAD_PASSWORD, NO_OBJECT):
            return False
        raise told(self._peer.name, result, password)

    def search(self, wanted: Search) -> list[Entry]:
        found: list[Entry] = []
        cookie: Any = None
        while True:
            _, result, response, _ = self._talk(partial(self._page, wanted, cookie))
            self._expect(result, SUCCESS)
            found += [
                Entry(each["dn"], {name: list(values) for name, values in each["raw_attributes"].items()})
                for each in response or ()
                if each["type"] == "searchResEntry"
            ]
            cookie = ((result.get("controls") or {}).get(_PAGING) or {}).get("value", {}).get("cookie")
            if len(found) > wanted.most:
                message = f"{self._peer.name}: there are more than {wanted.most} entries"
                raise FlowError("connector.ldap.tooMany", message)
            if not cookie:
                return found

    def _page(self, wanted: Search, cookie: Any) -> Any:
        return self._connection.search(
            wanted.base,
            write(wanted.filter),
            search_scope=_SCOPES[wanted.scope],
            attributes=list(wanted.attributes) or ["*"],
            paged_size=min(_PAGE, wanted.most + 1) if wanted.scope != "entry" else None,
            paged_cookie=cookie,
        )

    def compare(self, dn: str, attribute: str, value: bytes) -> bool:
        result = self._talk(lambda: self._connection.compare(dn, attribute, value))[1]
        self._expect(result, COMPARE_FALSE, COMPARE_TRUE)
        return bool(result["result"] == COMPARE_TRUE)

    def add(self, dn: str, attributes: Values) -> None:
        self._expect(self._talk(lambda: self._connection.add(dn, attributes=dict(attributes)))[1], SUCCESS)

    def modify(self, dn: str, changes: Changes) -> None:
        made: dict[str, list[tuple[str, list[bytes]]]] = {}
        for kind, attributes in changes.items():
            for name, values in attributes.items():
                made.setdefault(name, []).append((_CHANGES[kind], values))
        self._expect(self._talk(lambda: self._connection.modify(dn, made))[1], SUCCESS)

    def delete(self, dn: str) -> None:
        self._expect(self._talk(lambda: self._connection.delete(dn))[1], SUCCESS)

    def look(self) -> None:
        """Asks for the server's own entry."""
        result = self._talk(lambda: self._connection.search("", "(objectClass=*)", BASE, attributes=["1.1"]))[1]
        if result["result"] in (51, 52):
            raise told(self._peer.name, result)

    @property
    def usable(self) -> bool:
        """Whether nothing came while nobody asked: else the server has closed it, or is about to."""
        held = self._connection.socket
        try:
            return held is not None and not select.select([held], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def abort(self) -> None:
        """Ends it from another thread: who waits there is told that it has ended."""
        held = self._connection.socket
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends it, and tells the server so, if that still listens."""
        held = self._connection.socket
        with contextlib.suppress(Exception):
            self._connection.unbind()
        if held is not None:
            with contextlib.suppress(OSError):
                held.close()

    def _expect(self, result: dict[str, Any], *codes: int) -> None:
        if result["result"] not in codes:
            raise told(self._peer.name, result)

    def _talk(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (LDAPCommunicationError, OSError) as error:
            raise unavailable(self._peer.name, _words(error)) from error
        except LDAPException as error:
            raise FlowError("connector.failed", f"{self._peer.name}: {_words(error)}") from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:500] or type(error).__name__


class _ContextTls(Tls):
    """Encryption by a context of ours, which checks the name in the certificate as Python does."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context
        self._host = host

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=self._host)
