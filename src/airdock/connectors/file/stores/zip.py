"""A zip archive of this machine."""

from airdock.connectors.file.paths import Files, inner
from airdock.spec.connection import Opening
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Duration, Text


class ZipStore(Spec):
    """A zip archive of this machine, which is only read. When it is replaced by another one, that one is read.

    Files in it that have a password, or a name that leads out of it, are not there. To make an archive, `marshal` one
    and write it.
    """

    archive: str = field(
        Text(),
        "The archive. A path that begins with a name lies in `data` of the home folder; elsewhere it must be in a"
        " folder that the setting `data_folders` allows.",
        default=REQUIRED,
        example="in/orders.zip",
    )
    timeout: float = field(Duration(), "Reading a piece may take so long.", default=30.0, unit="s", example="10s")

    async def open(self, opening: Opening, root: str) -> Files:
        from airdock.connectors.file.zipped import ZipFiles

        files = ZipFiles(opening.folders.inside(self.archive), inner(root), opening.name, self.timeout)
        await files.check()
        return files
