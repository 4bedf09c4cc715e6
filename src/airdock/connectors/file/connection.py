from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.local import LocalFiles
from airdock.spec.connection import Client, Connection, Opening
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Text


class FileConnection(Connection):
    """A folder of this machine, and what is below it.

    A folder whose path begins with a name lies in `data` of the home folder and is made when it is first used. Folders
    elsewhere must be in one that the setting `data_folders` allows, and be there. Paths that lead out of the folder,
    by `..` or by a link, are refused.
    """

    type = "file"
    example = {"type": "file", "root": "orders"}

    root: str = field(Text(), "The folder.", default=REQUIRED, example="orders")

    async def connect(self, opening: Opening) -> Client:
        root = opening.folders.inside(self.root)
        if not self.root.startswith("/"):
            root.mkdir(parents=True, exist_ok=True)
        files = LocalFiles(root, opening.name)
        await files.check()
        return files

    def fake(self) -> Client:
        return FakeFiles()
