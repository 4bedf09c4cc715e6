"""A bucket of Google Cloud Storage."""

from airdock.connectors.file.paths import Files, inner
from airdock.connectors.file.stores.bucket import ADDRESS, BucketStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Record, Text


class GcsStore(BucketStore):
    """A bucket of Google Cloud Storage.

    The caller is known by the key of a service account; without one only what is public is seen. Nothing is taken from
    the machine or its metadata. It has been tried on a server of the tests' own that follows Google's documentation,
    not on Google's service.
    """

    bucket: str = field(
        Text(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", "the name of a bucket"),
        "The bucket.",
        default=REQUIRED,
        example="shop-orders",
    )
    key: Secret | None = field(
        Record(Secret), "The secret that has the key of a service account, as JSON.", example={"secret": "gcs-key"}
    )
    endpoint: str = field(
        Text(ADDRESS, "an address such as https://storage.googleapis.com"),
        "The address of the store.",
        default="https://storage.googleapis.com",
    )

    async def open(self, opening: Opening, root: str) -> Files:
        from airdock.connectors.file.objects.files import ObjectFiles
        from airdock.connectors.file.objects.gcs import GcsObjects

        return ObjectFiles(GcsObjects(self, opening), inner(root))
