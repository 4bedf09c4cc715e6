"""A session of FTP, as `ftplib` has it, to an address that was looked at."""

import socket
import ssl
from contextlib import suppress
from ftplib import FTP_TLS, all_errors, error_perm


class FtpSession(FTP_TLS):
    """A session with a server; without a context it is not encrypted."""

    def __init__(self, host: str, context: ssl.SSLContext | None, timeout: float, encoding: str) -> None:
        super().__init__(context=context or ssl.create_default_context(), timeout=timeout, encoding=encoding)
        self.host = host
        self._encrypted = context is not None

    def dial(self, address: str, port: int, implicit: bool) -> None:
        """Connects to an address; certificates are checked for the name of the host."""
        self.port = port
        self.sock = socket.create_connection((address, port), self.timeout)
        self.af = self.sock.family
        if implicit:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()

    def sign_in(self, user: str, password: str) -> None:
        if self._encrypted:
            if not isinstance(self.sock, ssl.SSLSocket):
                self.auth()
            self.prot_p()
        self.login(user or "anonymous", password or "airdock@", secure=False)
        self.voidcmd("TYPE I")

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Data has the session of TLS of the commands: servers take it as proof that both come from one caller."""
        connection, size = super(FTP_TLS, self).ntransfercmd(cmd, rest)
        if self._encrypted:
            session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=session)
        return connection, size

    def cut(self) -> None:
        """Ends it at once, whatever is done with it."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.close()

    def alive(self) -> bool:
        try:
            self.voidcmd("NOOP")
        except all_errors:
            return False
        return True

    def facts(self, path: str) -> dict[str, str] | None:
        """What the server tells of one path (`MLST`); None for nothing there."""
        try:
            answer = self.sendcmd(f"MLST {path}")
        except error_perm as error:
            if str(error)[:3] == "550":
                return None
            raise
        line = next((each for each in answer.splitlines()[1:] if "=" in each), "")
        return read_facts(line.strip())[1]


def read_facts(line: str) -> tuple[str, dict[str, str]]:
    """A name and its facts, from a line of `MLSD` or `MLST`: `type=file;size=3; a.csv`."""
    facts, _, name = line.partition(" ")
    pairs = (each.partition("=") for each in facts.rstrip(";").split(";"))
    return name, {key.lower(): value for key, _, value in pairs}
