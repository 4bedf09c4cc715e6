"""A share that is reached by SMB."""

from airdock.connectors.errors import missing
from airdock.connectors.file.paths import Files, inner
from airdock.connectors.file.stores.server import ServerStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Integer, Record, Text


class SmbStore(ServerStore):
    """A share of Windows or Samba, by SMB 2 or 3. Messages are signed, and encrypted unless `encrypt` says otherwise.

    The user signs in by NTLM. Referrals to other servers (DFS) are not followed. It has been tried on a server in
    Python that speaks SMB 2.0, which knows no encryption.
    """

    port: int = field(Integer(1, 65535), "Its port.", default=445, example=4450)
    share: str = field(
        Text(r'[^\\/:*?"<>|\s][^\\/:*?"<>|]{0,79}', "the name of a share"), "The share.", default=REQUIRED,
        example="orders",
    )  # fmt: skip
    user: str = field(
        Text(r"[^\s/:]+", "the name of a user"), r"Who signs in; `DOMAIN\user` for one of a domain.", default=REQUIRED,
        example="shop",
    )  # fmt: skip
    password: Secret = field(
        Record(Secret), "The user's password.", default=REQUIRED, example={"secret": "smb-password"}
    )
    encrypt: bool = field(Boolean(), "The way is encrypted, which SMB 3 can.", default=True)

    async def open(self, opening: Opening, root: str) -> Files:
        try:
            from airdock.connectors.file.remote.smb import SmbFiles
        except ImportError as error:
            raise missing(f"{opening.name}: SMB", "smb") from error
        return SmbFiles(self, opening, inner(root))
