"""The stores of files that are not folders of the machine itself."""

from typing import Any

from airdock.connectors.file.stores.azure import AzureStore
from airdock.connectors.file.stores.ftp import FtpStore
from airdock.connectors.file.stores.gcs import GcsStore
from airdock.connectors.file.stores.s3 import S3Store
from airdock.connectors.file.stores.sftp import SftpStore
from airdock.connectors.file.stores.smb import SmbStore
from airdock.connectors.file.stores.webdav import WebDavStore
from airdock.connectors.file.stores.zip import ZipStore
from airdock.spec.fields import REQUIRED, Alternatives, Spec, field
from airdock.spec.kinds import Choice

STORES: dict[str, type[Spec]] = {
    "azure": AzureStore,
    "gcs": GcsStore,
    "s3": S3Store,
    "sftp": SftpStore,
    "ftp": FtpStore,
    "smb": SmbStore,
    "webdav": WebDavStore,
    "zip": ZipStore,
}


class Store(Spec):
    """Where the files are."""

    alternatives = Alternatives("type", "options", STORES)

    type: str = field(Choice(tuple(STORES)), "What kind of store it is.", default=REQUIRED, example="sftp")
    options: Any
