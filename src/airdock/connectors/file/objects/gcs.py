"""Objects of Google Cloud Storage, by its JSON interface."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.file.asking import Answered, Asking, failed, words
from airdock.connectors.file.objects.gcs_token import Token
from airdock.connectors.file.objects.objects import ABSENT, ANY, Head, Page
from airdock.connectors.file.spool import Spooled
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.file.stores.gcs import GcsStore


class GcsObjects:
    """One bucket."""

    def __init__(self, store: "GcsStore", opening: Opening) -> None:
        """Raises FlowError: `connector.secret`; `connector.failed`, the key is none."""
        self.location = f"gs://{store.bucket}"
        self._name = opening.name
        self._bucket = f"{store.endpoint}/storage/v1/b/{quote(store.bucket, safe='')}"
        self._upload = f"{store.endpoint}/upload/storage/v1/b/{quote(store.bucket, safe='')}/o"
        key = store.key
        self._token = None if key is None else Token(opening.secret(key), opening.clock, opening.name)
        self._asking = Asking(opening, store.timeout, store.connections, None)

    async def check(self, prefix: str) -> None:
        await self.page(prefix, "/", "", 1)

    async def close(self) -> None:
        await self._asking.close()

    async def head(self, key: str) -> Head | None:
        answer = await self._ask("GET", self._at(key))
        if answer.status == 404:
            return None
        return _head(self._told(answer))

    async def get(self, key: str, offset: int, size: int) -> bytes | None:
        url = f"{self._at(key)}?alt=media"
        status, content = await self._asking.part(url, await self._headers(), offset, size)
        if status == 401 and self._token is not None:
            self._token.forget()
            status, content = await self._asking.part(url, await self._headers(), offset, size)
        if status == 404:
            return None
        if status not in (200, 206, 416):
            self._told(Answered(status, {}, b""))
        return content

    async def put(self, key: str, content: Spooled, when: str) -> bool:
        query = urlencode({"uploadType": "media", "name": key, **_condition(when)}, quote_via=quote)
        headers = {"Content-Type": "application/octet-stream", **await self._headers()}
        return self._held(await self._asking.send("POST", f"{self._upload}?{query}", headers, content))

    async def copy(self, key: str, to: str, when: str) -> bool:
        target = self._at(to).removeprefix(self._bucket)
        url = f"{self._at(key)}/rewriteTo/b/{self._bucket.rpartition('/')[2]}{target}"
        query = _condition(when)
        while True:
            answer = await self._ask("POST", f"{url}?{urlencode(query)}" if query else url)
            if not self._held(answer):
                return False
            told = self._told(answer)
            if told.get("done", True):
                return True
            # A large object is copied by several questions.
            query["rewriteToken"] = str(told["rewriteToken"])

    async def delete(self, key: str) -> None:
        answer = await self._ask("DELETE", self._at(key))
        if answer.status != 404:
            self._told(answer)

    async def page(self, prefix: str, delimiter: str, more: str, most: int) -> Page:
        query = {"prefix": prefix, "maxResults": str(most)}
        if delimiter:
            query["delimiter"] = delimiter
        if more:
            query["pageToken"] = more
        told = self._told(await self._ask("GET", f"{self._bucket}/o?{urlencode(query, quote_via=quote)}"))
        return Page(
            [_head(each) for each in told.get("items", ())], told.get("prefixes", []), told.get("nextPageToken", "")
        )

    async def _ask(self, method: str, url: str) -> Answered:
        answer = await self._asking.ask(method, url, await self._headers())
        if answer.status == 401 and self._token is not None:
            self._token.forget()
            answer = await self._asking.ask(method, url, await self._headers())
        return answer

    async def _headers(self) -> dict[str, str]:
        return {} if self._token is None else await self._token.header(self._asking)

    def _at(self, key: str) -> str:
        return f"{self._bucket}/o/{quote(key, safe='')}"

    def _held(self, answer: Answered) -> bool:
        """Whether the condition of a question held."""
        if answer.status == 412:
            return False
        self._told(answer)
        return True

    def _told(self, answer: Answered) -> Any:
        """The value of an answer that is none of an error."""
        if answer.status == 204:
            return {}
        if answer.status == 200:
            try:
                return json.loads(answer.content)
            except ValueError:
                raise failed(self._name, answer) from None
        if answer.status == 401:
            raise refused(self._name, words(answer))
        if answer.status == 404:
            raise unavailable(self._name, f"{self.location} or the object is not there: {words(answer)}")
        if answer.status in (408, 429, 500, 502, 503, 504):
            raise unavailable(self._name, words(answer))
        raise FlowError("connector.file.denied", f"{self._name}: {words(answer)}")


def _condition(when: str) -> dict[str, str]:
    if when == ANY:
        return {}
    return {"ifGenerationMatch": "0" if when == ABSENT else when}


def _head(told: dict[str, Any]) -> Head:
    modified = datetime.fromisoformat(told["updated"]).timestamp()
    return Head(told["name"], int(told["size"]), modified, str(told["generation"]))
