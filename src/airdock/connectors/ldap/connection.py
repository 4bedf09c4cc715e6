import re
from typing import Any

from airdock.connectors.errors import missing
from airdock.connectors.ldap.names import parse_name
from airdock.errors import FlowError
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, Module, Record, Text

_PORTS = {"tls": 636, "starttls": 389, "none": 389}
_LOCAL = re.compile(r"localhost|127(\.\d+){3}|::1")


class LdapConnection(Connection):
    """A directory that is reached by LDAP: OpenLDAP, Active Directory, 389 Directory Server and the like.

    The way there is encrypted unless `security` says `"none"`: `"tls"` from the first byte, `"starttls"` before
    anything else is said. The server's certificate is checked. Steps reach nothing outside of `base`. Referrals to
    other servers are not followed.

    In tests of flows it is an empty directory in memory. That compares texts without regard to capital letters, knows
    no schema, and takes the attribute `userPassword` as it is for passwords.
    """

    type = "ldap"
    requires = "ldap"
    example = {
        "type": "ldap",
        "host": "ldap.example.com",
        "base": "dc=example,dc=com",
        "user": "cn=shop,ou=services,dc=example,dc=com",
        "password": {"secret": "ldap-password"},
    }

    host: str = field(
        Text(r"[A-Za-z0-9._:-]+", "the name or address of a host"),
        "The server.",
        default=REQUIRED,
        example="ldap.example.com",
    )
    port: int | None = field(Integer(1, 65535), "Its port; 636 with `tls`, 389 otherwise if left out.", example=3269)
    security: str = field(Choice(("tls", "starttls", "none")), "How the way there is encrypted.", default="tls")
    ca: str = field(
        Module((".pem",)),
        "Certificates that are trusted, in place of those of the system.",
        default="",
        example="/shop/ca.pem",
    )
    base: str = field(
        Text(), "The entry beneath which everything is that steps reach.", default=REQUIRED, example="dc=example,dc=com"
    )
    user: str = field(
        Text(),
        "As whom: the name of an entry, for Active Directory also `user@domain`; nobody if left out.",
        default="",
        example="cn=shop,ou=services,dc=example,dc=com",
    )
    password: Secret | None = field(Record(Secret), "The password of `user`.", example={"secret": "ldap-password"})
    timeout: float = field(Duration(), "An operation may take so long.", default=10.0, unit="s", example="5s")
    connections: int = field(
        Integer(1, 100), "So many operations run at the same time in each process, each in a thread.", default=4
    )

    @property
    def server_port(self) -> int:
        return self.port or _PORTS[self.security]

    async def connect(self, opening: Opening) -> Client:
        try:
            from airdock.connectors.ldap.client import LdapClient
        except ModuleNotFoundError as error:
            raise missing("a connection to a directory", self.requires) from error
        return LdapClient(self, opening)

    def fake(self) -> Client:
        from airdock.connectors.ldap.fake import FakeDirectory

        return FakeDirectory(self.base)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if bool(element.user) != (element.password is not None):
            broken.append(("user", "`user` and `password` belong together"))
        if element.user and element.security == "none" and not _LOCAL.fullmatch(element.host):
            broken.append(("security", 'a password is not sent without encryption: write "tls" or "starttls"'))
        if element.ca and element.security == "none":
            broken.append(("ca", '`ca` is of encryption, and `security` is "none"'))
        try:
            if not parse_name(element.base):
                broken.append(("base", "`base` is the name of an entry, such as dc=example,dc=com"))
        except FlowError as error:
            broken.append(("base", error.message))
        return broken
