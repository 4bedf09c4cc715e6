"""Objects of S3, by aiobotocore."""

import os
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig  # type: ignore[import-untyped]
from aiobotocore.session import AioSession  # type: ignore[import-untyped]
from aiohttp import ClientError as TransportError
from botocore import UNSIGNED  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.objects.objects import ABSENT, ANY, Head, Page, flow_error_in
from airdock.connectors.file.spool import Spooled
from airdock.connectors.http.carrier import NetworkResolver, socket_within
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.s3 import S3Store

_PART = 8 * 1024**2
"""Bytes of a part of what is put in parts; a store takes 10,000 of them."""
_PARTS = 10_000
_PIECE = 256 * 1024
_REFUSED = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "AuthorizationHeaderMalformed",
)
_UNMET = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")


class S3Objects:
    """One bucket. Credentials, region and address are the connection's alone, never those of the machine."""

    def __init__(self, store: "S3Store", opening: Opening) -> None:
        self.location = f"s3://{store.bucket}"
        self._store = store
        self._name = opening.name
        self._stack = AsyncExitStack()
        self._opening = opening
        self._client: Any = None

    async def open(self) -> None:
        """Makes the client; nothing is connected to yet. Raises FlowError: `connector.secret`."""
        store, opening = self._store, self._opening
        session = AioSession()
        for name in ("config_file", "credentials_file"):
            session.set_config_variable(name, os.devnull)
        anonymous = store.access_key is None
        config = AioConfig(
            region_name=store.region,
            signature_version=UNSIGNED if anonymous else "s3v4",
            connect_timeout=store.timeout,
            read_timeout=store.timeout,
            max_pool_connections=store.connections,
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if store.path_style else "auto"},
            ignore_configured_endpoint_urls=True,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connector_args={
                "resolver": NetworkResolver(opening.network),
                "socket_factory": socket_within(opening.network),
            },
        )
        self._client = await self._stack.enter_async_context(
            session.create_client(
                "s3",
                config=config,
                endpoint_url=store.endpoint or None,
                aws_access_key_id=None if store.access_key is None else store.key_id(opening),
                aws_secret_access_key=None if store.secret_key is None else opening.secret(store.secret_key),
                aws_session_token=None if store.session_token is None else opening.secret(store.session_token),
            )
        )

    async def check(self, prefix: str) -> None:
        await self.page(prefix, "/", "", 1)

    async def close(self) -> None:
        await self._stack.aclose()

    async def head(self, key: str) -> Head | None:
        found = await self._done(self._client.head_object(Bucket=self._store.bucket, Key=key), ("404", "NoSuchKey"))
        if found is None:
            return None
        return Head(key, found["ContentLength"], found["LastModified"].timestamp(), found["ETag"])

    async def get(self, key: str, offset: int, size: int) -> bytes | None:
        found = await self._done(self._got(key, offset, size), ("InvalidRange", "416", "NoSuchKey"))
        if found is None:
            # An empty object, or the end of one, has no range.
            return b"" if await self.head(key) is not None else None
        content: bytes = found
        return content

    async def _got(self, key: str, offset: int, size: int) -> bytes:
        """A part of an object; also of a store that gives all of it when it is asked for a part."""
        wanted = f"bytes={offset}-{offset + size - 1}"
        answer = await self._client.get_object(Bucket=self._store.bucket, Key=key, Range=wanted)
        skip = 0 if answer["ResponseMetadata"]["HTTPStatusCode"] == 206 else offset
        taken = bytearray()
        async with answer["Body"] as body:
            while len(taken) < size and (piece := await body.read(_PIECE)):
                taken += piece[skip:]
                skip = max(skip - len(piece), 0)
        return bytes(taken[:size])

    async def put(self, key: str, content: Spooled, when: str) -> bool:
        if content.size > _PART:
            return await self._put_parts(key, content, _condition(when))
        body = await content.read(0, content.size)
        asked = self._client.put_object(Bucket=self._store.bucket, Key=key, Body=body, **_condition(when))
        return await self._done(asked, _UNMET) is not None

    async def _put_parts(self, key: str, content: Spooled, condition: dict[str, str]) -> bool:
        where = {"Bucket": self._store.bucket, "Key": key}
        begun = await self._done(self._client.create_multipart_upload(**where))
        where["UploadId"] = begun["UploadId"]
        part, parts = max(_PART, -(-content.size // _PARTS)), []
        done = None
        try:
            for number, offset in enumerate(range(0, content.size, part), 1):
                body = await content.read(offset, part)
                made = await self._done(self._client.upload_part(**where, PartNumber=number, Body=body))
                parts.append({"PartNumber": number, "ETag": made["ETag"]})
            whole = {"Parts": parts}
            asked = self._client.complete_multipart_upload(**where, MultipartUpload=whole, **condition)
            done = await self._done(asked, _UNMET)
        finally:
            if done is None:
                await self._done(self._client.abort_multipart_upload(**where), ("NoSuchUpload", "404"))
        return done is not None

    async def copy(self, key: str, to: str, when: str) -> bool:
        bucket = self._store.bucket
        source = {"Bucket": bucket, "Key": key}
        asked = self._client.copy_object(Bucket=bucket, Key=to, CopySource=source, **_condition(when))
        return await self._done(asked, _UNMET) is not None

    async def delete(self, key: str) -> None:
        await self._done(self._client.delete_object(Bucket=self._store.bucket, Key=key), ("404", "NoSuchKey"))

    async def page(self, prefix: str, delimiter: str, more: str, most: int) -> Page:
        options = {"ContinuationToken": more} if more else {}
        if delimiter:
            options["Delimiter"] = delimiter
        found = await self._done(
            self._client.list_objects_v2(Bucket=self._store.bucket, Prefix=prefix, MaxKeys=most, **options)
        )
        heads = [
            Head(each["Key"], each["Size"], each["LastModified"].timestamp(), each["ETag"])
            for each in found.get("Contents", ())
        ]
        folders = [each["Prefix"] for each in found.get("CommonPrefixes", ())]
        return Page(heads, folders, found.get("NextContinuationToken", "") if found.get("IsTruncated") else "")

    async def _done(self, asked: Awaitable[Any], nothing: tuple[str, ...] = ()) -> Any:
        """What the store answers; None where its code is one of those that say that there is nothing."""
        store = self._store
        try:
            return await within(store.timeout * 3, asked)
        except DeadlineError:
            raise FlowError("connector.timeout", f"{self._name} did not answer within {store.timeout:g} s") from None
        except ClientError as error:
            told = error.response.get("Error", {})
            code = str(told.get("Code", ""))
            if code in nothing:
                return None
            raise self._told(code, str(told.get("Message", ""))[:500]) from error
        except (BotoCoreError, TransportError, OSError) as error:
            raise flow_error_in(error) or unavailable(self._name, str(error)[:500]) from error

    def _told(self, code: str, words: str) -> FlowError:
        status = f"{code}: {words}" if words else code
        if code in _REFUSED:
            return refused(self._name, status)
        if code in ("NoSuchBucket", "PermanentRedirect", "InternalError", "ServiceUnavailable", "SlowDown", "503"):
            return unavailable(self._name, f"{self._store.bucket}: {status}")
        return FlowError("connector.file.denied", f"{self._name}: {status}")


def _condition(when: str) -> dict[str, str]:
    if when == ANY:
        return {}
    return {"IfNoneMatch": "*"} if when == ABSENT else {"IfMatch": when}
