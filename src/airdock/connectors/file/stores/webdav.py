"""A server that is reached by WebDAV."""

from typing import Any

from airdock.connectors.file.paths import Files, inner
from airdock.connectors.file.stores.bucket import ADDRESS
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Duration, Integer, Module, Record, Text


class WebDavStore(Spec):
    """A server that is reached by WebDAV, such as Nextcloud. Redirects are not followed."""

    url: str = field(
        Text(rf"{ADDRESS}(/[^?#\s\\]*)?", "an address such as https://dav.example.com/files/shop"),
        "The address of the folder in which `root` is.",
        default=REQUIRED,
        example="https://cloud.example.com/remote.php/dav/files/shop",
    )
    user: str = field(Text(), "Who signs in, by HTTP's basic scheme.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "dav-password"})
    token: Secret | None = field(Record(Secret), "A bearer token in place of a user.", example={"secret": "dav-token"})
    ca_file: str = field(
        Module((".pem", ".crt", ".cer")),
        "A file with the authorities that are trusted in place of the system's.",
        default="",
        example="/shop/ca.pem",
    )
    timeout: float = field(
        Duration(),
        "The server may take so long for each of its answers, and for each piece of a large file.",
        default=30.0,
        unit="s",
        example="10s",
    )
    connections: int = field(Integer(1, 100), "So many connections are open at most, in each process.", default=4)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if bool(element.user) != (element.password is not None):
            return [("user", "`user` and `password` belong together")]
        if element.user and element.token is not None:
            return [("token", "a caller is known by `user` and `password` or by a `token`, one of the two")]
        return []

    async def open(self, opening: Opening, root: str) -> Files:
        from airdock.connectors.file.remote.webdav import WebDavFiles

        return WebDavFiles(self, opening, inner(root))
