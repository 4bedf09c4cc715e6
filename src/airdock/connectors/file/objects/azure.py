"""Objects of Azure Blob Storage, by Azure's own library."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob.aio import ContainerClient

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.objects.objects import ABSENT, ANY, Head, Page, flow_error_in
from airdock.connectors.file.spool import Spooled
from airdock.connectors.http.carrier import NetworkResolver, socket_within
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.azure import AzureStore

_BLOCK = 1024**2
"""Bytes of a block of what is put in blocks; more than that the transport would not send piece by piece."""
_LOOK = 0.2
"""Seconds between the looks at a copy that goes on."""


class AzureObjects:
    """One container."""

    def __init__(self, store: "AzureStore", opening: Opening) -> None:
        """Raises FlowError: `connector.secret`; `connector.failed`, the key is none."""
        self._store = store
        self._name = opening.name
        url = store.endpoint or f"https://{store.account}.blob.core.windows.net"
        self.location = f"{url}/{store.container}"
        credential = _credential(store, opening)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=store.connections,
                resolver=NetworkResolver(opening.network),
                socket_factory=socket_within(opening.network),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        self._container: Any = ContainerClient(
            url,
            store.container,
            credential=credential,
            transport=AioHttpTransport(session=self._session, session_owner=False),
            connection_timeout=store.timeout,
            read_timeout=store.timeout,
            retry_total=2,
            max_single_put_size=_BLOCK,
            max_block_size=_BLOCK,
            max_single_get_size=_BLOCK,
        )

    async def check(self, prefix: str) -> None:
        await self.page(prefix, "/", "", 1)

    async def close(self) -> None:
        await self._container.close()
        await self._session.close()

    async def head(self, key: str) -> Head | None:
        try:
            found = await self._done(lambda: self._container.get_blob_client(key).get_blob_properties())
        except ResourceNotFoundError:
            return None
        return _head(found)

    async def get(self, key: str, offset: int, size: int) -> bytes | None:
        async def got() -> bytes:
            blob = await self._container.download_blob(key, offset=offset, length=size, max_concurrency=1)
            content: bytes = await blob.readall()
            return content

        try:
            found: bytes = await self._done(got)
            return found
        except ResourceNotFoundError:
            return None
        except HttpResponseError as error:
            if error.status_code == 416:
                return b""
            raise self._told(error) from error

    async def put(self, key: str, content: Spooled, when: str) -> bool:
        async def put() -> Any:
            return await self._container.upload_blob(
                key, content.pieces(), length=content.size, max_concurrency=1, **_condition(when)
            )

        try:
            # How long it takes is its size's business; each block has its time.
            await self._done(put, bounded=content.size <= _BLOCK)
        except (ResourceExistsError, ResourceModifiedError):
            return False
        return True

    async def copy(self, key: str, to: str, when: str) -> bool:
        """Has the store copy it; what it has not copied at once is waited for."""
        source = self._container.get_blob_client(key)
        target = self._container.get_blob_client(to)
        condition = {"match_condition": MatchConditions.IfMissing} if when == ABSENT else {}
        try:
            begun = await self._done(lambda: target.start_copy_from_url(source.url, **condition))
        except (ResourceExistsError, ResourceModifiedError):
            return False
        status = begun["copy_status"]
        while status == "pending":
            await asyncio.sleep(_LOOK)
            status = (await self._done(target.get_blob_properties)).copy.status
        if status != "success":
            raise FlowError("connector.failed", f"{self._name}: the store copied {to!r} not to the end: {status}")
        return True

    async def delete(self, key: str) -> None:
        try:
            await self._done(lambda: self._container.delete_blob(key))
        except ResourceNotFoundError:
            pass

    async def page(self, prefix: str, delimiter: str, more: str, most: int) -> Page:
        async def page() -> Page:
            options = {"name_starts_with": prefix, "results_per_page": most}
            blobs = self._container.walk_blobs(delimiter=delimiter, **options) if delimiter else None
            pages = (blobs or self._container.list_blobs(**options)).by_page(more or None)
            found = [each async for each in await anext(pages)]
            heads = [_head(each) for each in found if "size" in each and not each.name.endswith(delimiter or "\0")]
            folders = [each.name for each in found if delimiter and each.name.endswith(delimiter)]
            return Page(heads, folders, pages.continuation_token or "")

        try:
            found: Page = await self._done(page)
            return found
        except ResourceNotFoundError as error:
            raise unavailable(self._name, f"{self.location}: {_words(error)}") from error

    async def _done(self, ask: Callable[[], Awaitable[Any]], bounded: bool = True) -> Any:
        """What the store answers; raises what means something to the caller as the library has it."""
        seconds = self._store.timeout
        try:
            return await (within(seconds * 3, ask()) if bounded else ask())
        except DeadlineError:
            raise FlowError("connector.timeout", f"{self._name} did not answer within {seconds:g} s") from None
        except (ResourceNotFoundError, ResourceExistsError, ResourceModifiedError):
            raise
        except HttpResponseError as error:
            if error.status_code == 416:
                raise
            raise self._told(error) from error
        except (AzureError, aiohttp.ClientError, OSError) as error:
            raise flow_error_in(error) or unavailable(self._name, _words(error)) from error

    def _told(self, error: HttpResponseError) -> FlowError:
        if isinstance(error, ClientAuthenticationError) or error.status_code in (401, 403):
            return refused(self._name, _words(error))
        if error.status_code in (408, 429, 500, 502, 503, 504):
            return unavailable(self._name, _words(error))
        return FlowError("connector.file.denied", f"{self._name}: {_words(error)}")


def _words(error: Exception) -> str:
    """The first line: the rest has the request, and could have what proves the caller."""
    return (
        str(getattr(error, "message", "") or error).partition("\n")[0].partition("?")[0][:300] or type(error).__name__
    )


def _condition(when: str) -> dict[str, Any]:
    if when == ANY:
        return {"overwrite": True}
    if when == ABSENT:
        return {"overwrite": False}
    return {"overwrite": True, "etag": when, "match_condition": MatchConditions.IfNotModified}


def _head(found: Any) -> Head:
    return Head(found.name, found.size, found.last_modified.timestamp(), found.etag)


def _credential(store: "AzureStore", opening: Opening) -> Any:
    if store.key is not None:
        return {"account_name": store.account, "account_key": opening.secret(store.key).strip()}
    return None if store.sas is None else opening.secret(store.sas).strip().lstrip("?")
