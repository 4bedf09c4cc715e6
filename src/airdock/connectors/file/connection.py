from typing import Any

from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import inner
from airdock.connectors.file.stores.store import Store
from airdock.errors import FlowError
from airdock.spec.connection import Client, Connection, Opening
from airdock.spec.fields import field
from airdock.spec.kinds import Record, Text


class FileConnection(Connection):
    """A folder, and what is below it: of this machine, or of a `store`.

    A folder of this machine whose path begins with a name lies in `data` of the home folder and is made when it is
    first used. Folders elsewhere must be in one that the setting `data_folders` allows, and be there. Paths that lead
    out of the folder, by `..` or by a link, are refused.

    With a `store`, `root` is a folder there, or in an object store what all keys begin with; all of it if left out.
    A store is connected to at a public address alone, unless the installation allows others (`private_networks`).
    """

    type = "file"
    example = {"type": "file", "root": "orders"}

    root: str = field(Text(), "The folder; needed unless there is a `store`.", default="", example="orders")
    store: Store | None = field(
        Record(Store),
        "Where the folder is, if it is not one of this machine.",
        example={
            "type": "sftp",
            "host": "files.example.com",
            "hostKeys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKEx…"],
            "user": "shop",
            "key": {"secret": "sftp-key"},
        },
    )

    async def connect(self, opening: Opening) -> Client:
        if self.store is not None:
            files: Client = await self.store.options.open(opening, self.root)
            return files
        root = opening.folders.inside(self.root)
        if not self.root.startswith("/"):
            root.mkdir(parents=True, exist_ok=True)
        local = LocalFiles(root, opening.name)
        await local.check()
        return local

    def fake(self) -> Client:
        return FakeFiles()

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.store is None:
            return [] if element.root else [("root", "a folder of this machine needs a `root`")]
        try:
            inner(element.root)
        except FlowError:
            return [("root", f"{element.root!r} is no folder in a store, such as `in/orders`")]
        return []
