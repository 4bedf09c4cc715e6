"""A server that is reached by FTP."""

from typing import Any

from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.server import ServerStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import field
from airdock.spec.kinds import Choice, Integer, Module, Record, Text


class FtpStore(ServerStore):
    """A server that is reached by FTP, encrypted unless `security` says `"none"`.

    `"explicit"` begins in the clear and does not go on if the server offers no encryption; `"implicit"` is encrypted
    from the first byte. Data is encrypted as well. Connections for data are passive ones, to the server's own address.
    """

    port: int | None = field(Integer(1, 65535), "Its port; 990 with `implicit`, else 21, if left out.", example=2121)
    security: str = field(
        Choice(("explicit", "implicit", "none")), "How the way there is encrypted.", default="explicit"
    )
    user: str = field(Text(), "Who signs in; `anonymous` if left out.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "ftp-password"})
    ca_file: str = field(
        Module((".pem", ".crt", ".cer")),
        "A file with the authorities that are trusted in place of the system's.",
        default="",
        example="/shop/ca.pem",
    )
    encoding: str = field(Choice(("utf-8", "iso-8859-1")), "How the server writes names.", default="utf-8")

    @property
    def server_port(self) -> int:
        return self.port or (990 if self.security == "implicit" else 21)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if bool(element.user) != (element.password is not None):
            return [("user", "`user` and `password` belong together")]
        if element.ca_file and element.security == "none":
            return [("caFile", '`caFile` is of encryption, and `security` is "none"')]
        return []

    async def open(self, opening: Opening, root: str) -> Files:
        from airdock.connectors.file.remote.ftp import FtpFiles

        return FtpFiles(self, opening, root)
