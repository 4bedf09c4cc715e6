"""A container of Azure Blob Storage."""

from typing import Any

from airdock.connectors.errors import missing
from airdock.connectors.file.paths import Files, inner
from airdock.connectors.file.stores.bucket import ADDRESS, BucketStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Record, Text


class AzureStore(BucketStore):
    """A container of Azure Blob Storage.

    The caller is known by a key of the account or by a shared access signature; without either only what is public is
    seen. Nothing is taken from the machine.
    """

    account: str = field(
        Text(r"[a-z0-9]{3,24}", "the name of a storage account"), "The storage account.", default=REQUIRED,
        example="shopdata",
    )  # fmt: skip
    container: str = field(
        Text(r"[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])", "the name of a container"),
        "The container.",
        default=REQUIRED,
        example="orders",
    )
    key: Secret | None = field(Record(Secret), "A key of the account.", example={"secret": "azure-key"})
    sas: Secret | None = field(
        Record(Secret), "A shared access signature in place of a key, `sv=…&sig=…`.", example={"secret": "azure-sas"}
    )
    endpoint: str = field(
        Text(rf"{ADDRESS}(/[A-Za-z0-9._-]+)?", "an address such as https://shopdata.blob.core.windows.net"),
        "The address of the account's blobs, if it is not `https://ACCOUNT.blob.core.windows.net`.",
        default="",
        example="https://shopdata.blob.core.chinacloudapi.cn",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.key is not None and element.sas is not None:
            return [("sas", "a caller is known by a `key` or a `sas`, one of the two")]
        return []

    async def open(self, opening: Opening, root: str) -> Files:
        try:
            from airdock.connectors.file.objects.azure import AzureObjects
            from airdock.connectors.file.objects.files import ObjectFiles
        except ImportError as error:
            raise missing(f"{opening.name}: Azure", "azure") from error
        return ObjectFiles(AzureObjects(self, opening), inner(root))
