"""A bucket of S3."""

from typing import Any

from airdock.connectors.errors import missing
from airdock.connectors.file.paths import Files, inner
from airdock.connectors.file.stores.bucket import ADDRESS, BucketStore
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, OneOf, Record, Text


class S3Store(BucketStore):
    """A bucket of Amazon S3, or of a store that speaks as it does (`endpoint`).

    The caller is known by an access key; without one only what is public is seen. Keys, profiles and roles of the
    machine are not used.
    """

    bucket: str = field(
        Text(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket"), "The bucket.", default=REQUIRED,
        example="shop-orders",
    )  # fmt: skip
    region: str = field(
        Text(r"[a-z0-9-]{1,40}", "a region such as eu-central-1"), "Its region.", default="us-east-1",
        example="eu-central-1",
    )  # fmt: skip
    endpoint: str = field(
        Text(ADDRESS, "an address such as https://minio.example.com:9000"),
        "The address of a store that is not Amazon's.",
        default="",
        example="https://minio.example.com:9000",
    )
    path_style: bool = field(
        Boolean(), "The bucket stands in the path, not in the name of the host; many stores want that.", default=False
    )
    access_key: Any = field(
        OneOf((Text(), Record(Secret))), "The id of the access key, or the secret that has it.",
        example={"secret": "s3-id"},
    )  # fmt: skip
    secret_key: Secret | None = field(Record(Secret), "The key that belongs to it.", example={"secret": "s3-key"})
    session_token: Secret | None = field(
        Record(Secret), "The token of a key that lasts for a while.", example={"secret": "s3-token"}
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if (element.access_key is None) != (element.secret_key is None):
            return [("accessKey", "`accessKey` and `secretKey` belong together")]
        if element.session_token is not None and element.access_key is None:
            return [("sessionToken", "a `sessionToken` belongs to an `accessKey`")]
        return []

    def key_id(self, opening: Opening) -> str:
        """The id of the access key."""
        given: str = self.access_key if isinstance(self.access_key, str) else opening.secret(self.access_key)
        return given

    async def open(self, opening: Opening, root: str) -> Files:
        try:
            from airdock.connectors.file.objects.files import ObjectFiles
            from airdock.connectors.file.objects.s3 import S3Objects
        except ImportError as error:
            raise missing(f"{opening.name}: S3", "s3") from error
        objects = S3Objects(self, opening)
        await objects.open()
        return ObjectFiles(objects, inner(root))
