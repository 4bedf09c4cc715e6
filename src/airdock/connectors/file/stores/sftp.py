"""A server that is reached by SFTP."""

from typing import Any

from airdock.connectors.errors import missing
from airdock.connectors.file.paths import Files
from airdock.connectors.file.stores.server import ServerStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Integer, ListOf, Record, Text

_KEY = Text(r"(ssh-|ecdsa-|sk-)[A-Za-z0-9@._-]+ [A-Za-z0-9+/=]+( .*)?", "a public key: `ssh-ed25519 AAAA…`")


class SftpStore(ServerStore):
    """A server that is reached by SFTP. It must show one of `hostKeys`; no other server is spoken to.

    `ssh-keyscan HOST` prints the keys of a server; compare them with those that its operator names.
    """

    port: int = field(Integer(1, 65535), "Its port.", default=22, example=2222)
    host_keys: list[str] = field(
        ListOf(_KEY, 1),
        "The public keys of which the server has one.",
        default=REQUIRED,
        example=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKEx…"],
    )
    user: str = field(Text(r"[^\s:@/]+", "the name of a user"), "Who signs in.", default=REQUIRED, example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "sftp-password"})
    key: Secret | None = field(
        Record(Secret), "The user's private key, as OpenSSH or PEM writes it.", example={"secret": "sftp-key"}
    )
    passphrase: Secret | None = field(Record(Secret), "What opens `key`.", example={"secret": "sftp-passphrase"})

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.password is None and element.key is None:
            return [("user", "the user signs in by a `password` or a `key`")]
        if element.passphrase is not None and element.key is None:
            return [("passphrase", "`passphrase` opens a `key`, and there is none")]
        return []

    async def open(self, opening: Opening, root: str) -> Files:
        try:
            from airdock.connectors.file.remote.sftp import SftpFiles
        except ImportError as error:
            raise missing(f"{opening.name}: SFTP", "sftp") from error
        return await SftpFiles.open(self, opening, root)
