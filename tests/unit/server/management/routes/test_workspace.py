"""From draft to release and back, by the API, over both databases."""

from typing import Any

import httpx
import pytest

from airdock.repository import write_zip
from airdock.server.management.routes.archive import ARCHIVE
from airdock.server.management.routes.publication import Message
from airdock.server.management.routes.registry import Number
from airdock.server.management.routes.sandbox import OWN
from airdock.server.management.routes.workspace import LIST
from tests.unit.server.management.installation import BROKEN, SHOP, Installation

DECLARED = (ARCHIVE, Message, Number, OWN, LIST)
JSON = {"content-type": "application/json"}
FLOW = SHOP["hello.flow"]


async def upload(client: httpx.AsyncClient, project: str, files: dict[str, bytes], **query: Any) -> httpx.Response:
    return await client.put(f"/workspace/{project}/archive", content=write_zip(files), params=query)


async def items(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """A whole list, page by page."""
    found, cursor = [], None
    while True:
        page = (await client.get(path, params={"limit": 2, **({"cursor": cursor} if cursor else {}), **query})).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


async def test_two_people_publish_the_second_merges_and_rolls_back(served_by_each: Installation) -> None:
    ann = served_by_each.client(served_by_each.add_user("ann", "publisher"))
    bob = served_by_each.client(served_by_each.add_user("bob", "publisher"))
    async with ann, bob:
        assert (await upload(ann, "store", SHOP)).json() == {"activation": None}
        activated = (await ann.post("/workspace/store/activate")).json()
        assert activated["addresses"] == ["/services/flow-sandbox/ann/store/hello.flow"]
        assert [each["name"] for each in await items(ann, "/sandbox")] == ["store"]
        first = (await ann.post("/workspace/store/publish", json={"message": "First", "revision": "abc"})).json()
        assert (first["release"], first["made"]) == (1, True)
        assert [each["change"] for each in first["difference"]["files"]] == ["added", "added"]

        checked_out = (await bob.put("/workspace/store", json={"release": "current"})).json()
        assert (checked_out["base"], checked_out["release"], checked_out["changed"]) == (1, 1, False)
        await ann.put("/workspace/store/files/lib.js", content=b"exports.x = 2\n", headers={"if-match": "*"})
        assert (await ann.post("/workspace/store/publish", json={"message": "Second"})).json()["release"] == 2
        await bob.put("/workspace/store/files/more.js", content=b"exports.y = 1\n")
        refused = await bob.post("/workspace/store/publish", json={"message": "Mine"})
        assert (refused.status_code, refused.json()["code"], refused.json()["release"]) == (409, "repository.stale", 2)
        assert refused.json()["difference"]["files"] == [{"path": "lib.js", "change": "changed", "text": None}]

        merged = await bob.post("/workspace/store/publish", json={"message": "Merged", "base": 2})
        assert merged.json()["release"] == 3
        back = (await bob.post("/registry/store/rollback", json={"release": 2, "message": "Oops"})).json()
        assert (back["release"], back["made"]) == (4, True)
        kinds = [(each["number"], each["kind"], each["user"]) for each in await items(bob, "/registry/store/releases")]
        assert kinds == [(4, "rollback", "bob"), (3, "publish", "bob"), (2, "publish", "ann"), (1, "publish", "ann")]
        assert (await bob.get("/registry/store")).json()["source"] == 2
        assert (await bob.delete("/registry/store", params={"message": "Enough"})).status_code == 204
        assert (await bob.get("/registry/store")).status_code == 404
        assert await items(bob, "/registry") == []
        [project] = [each for each in await items(bob, "/projects") if each["name"] == "store"]
        assert (project["release"], project["inWorkspace"], project["base"]) == (None, True, 3)


async def test_what_is_published_is_read_and_compared(served: Installation) -> None:
    async with served.client() as client:
        await upload(client, "store", SHOP)
        difference = (await client.get("/workspace/store/difference", params={"text": "true"})).json()["files"]
        assert [each["path"] for each in difference] == ["hello.flow", "lib.js"]
        assert "+exports.x = 1" in difference[1]["text"]
        await client.post("/workspace/store/publish", json={"message": "First"})
        assert (await client.get("/workspace/store/difference")).json() == {"files": []}
        await client.put("/workspace/store/files/lib.js", content=b"exports.x = 2\n", headers={"if-match": "*"})
        await client.post("/workspace/store/publish", json={"message": "Second"})
        changed = (await client.get("/registry/store/difference", params={"from": 1, "text": "true"})).json()["files"]
        assert [(each["path"], each["change"]) for each in changed] == [("lib.js", "changed")]
        assert "-exports.x = 1\n+exports.x = 2" in changed[0]["text"]
        old = await client.get("/registry/store/files/lib.js", params={"release": 1})
        assert old.content == SHOP["lib.js"]
        release = (await client.get("/registry/store/releases/2")).json()
        assert [each["path"] for each in release["files"]] == ["hello.flow", "lib.js"]
        archive = await client.get("/registry/store/archive", params={"release": 1})
        assert (archive.headers["content-type"], archive.content) == ("application/zip", write_zip(SHOP))


async def test_publishing_an_archive_is_safe_to_repeat(served: Installation) -> None:
    async with served.client() as client:
        for made in (True, False):
            answer = await client.post(
                "/registry/store/publish", content=write_zip(SHOP), params={"message": "CI", "revision": "abc"}
            )
            assert (answer.json()["release"], answer.json()["made"]) == (1, made)
        assert [each["revision"] for each in await items(client, "/registry/store/releases")] == ["abc"]
        [entry] = await items(client, "/audit", action="registry")
        assert (entry["actor"], entry["action"], entry["target"]) == ("local", "registry.publish", "store")
        assert entry["details"] == {"release": 1, "message": "CI"}
        assert entry["remote"] == "127.0.0.1"


async def test_a_project_with_problems_is_neither_activated_nor_published(served: Installation) -> None:
    async with served.client() as client:
        await upload(client, "store", {"hello.flow": BROKEN})
        refused = await client.post("/workspace/store/publish", json={"message": "No"})
        assert (refused.status_code, refused.json()["code"]) == (422, "repository.invalid")
        activation = (await client.post("/workspace/store/activate")).json()
        assert (activation["activated"], activation["addresses"]) == (False, [])
        for [problem] in (refused.json()["errors"], activation["problems"]):
            assert (problem["code"], problem["place"]["file"]) == ("descriptor.unknownStep", "store/hello.flow")
            assert problem["place"]["line"] == 1
        assert len(await items(client, "/workspace/store/problems")) == 1
        assert await items(client, "/sandbox") == []


async def test_warnings_are_told_and_stop_nothing(served: Installation) -> None:
    idle = b'{"steps": [{"type": "try", "steps": []}]}'
    async with served.client() as client:
        await upload(client, "store", {"a.flow": idle})
        [listed] = await items(client, "/workspace/store/problems")
        assert (listed["code"], listed["severity"], listed["place"]["line"]) == ("lint.idleTry", "warning", 1)
        activated = (await client.post("/workspace/store/activate")).json()
        assert (activated["activated"], activated["problems"], activated["warnings"]) == (True, [], [listed])
        published = (await client.post("/workspace/store/publish", json={"message": "First"})).json()
        assert (published["release"], published["warnings"]) == (1, [listed])
        query: dict[str, str | int] = {"message": "Second", "base": 1}
        sent = await client.post("/registry/store/publish", content=write_zip({"b.flow": idle}), params=query)
        assert [each["code"] for each in sent.json()["warnings"]] == ["lint.idleTry"]
        await upload(client, "broken", {"a.flow": idle, "b.flow": b"{"})
        severities = [each["severity"] for each in await items(client, "/workspace/broken/problems")]
        assert severities == ["error", "warning"]


async def test_what_is_saved_is_activated_for_those_who_want_that(served: Installation) -> None:
    async with served.client(served.add_user("ann", "developer")) as client:
        assert (await client.get("/preferences")).json() == {"autoActivate": False}
        assert (await client.patch("/preferences", json={"autoActivate": True})).json() == {"autoActivate": True}
        saved = (await upload(client, "store", SHOP)).json()["activation"]
        assert (saved["activated"], saved["problems"]) == (True, [])
        saved = (await client.put("/workspace/store/files/bad.flow", content=BROKEN)).json()
        assert (saved["path"], saved["size"], saved["activation"]["activated"]) == ("bad.flow", len(BROKEN), False)
        assert saved["activation"]["problems"][0]["code"] == "descriptor.unknownStep"
        mended = (await client.delete("/workspace/store/files/bad.flow")).json()["activation"]
        assert mended["activated"] is True
        moved = await client.post("/workspace/store/move", json={"from": "hello.flow", "to": "hi.flow"})
        assert moved.json()["activation"]["addresses"] == ["/services/flow-sandbox/ann/store/hi.flow"]
        assert (await client.delete("/sandbox/store")).status_code == 204
        assert await items(client, "/sandbox") == []


async def test_a_draft_is_not_lost_by_checking_out(served: Installation) -> None:
    async with served.client() as client:
        await client.put("/workspace/store", json={})
        assert (await client.put("/workspace/store", json={})).status_code == 409
        await client.post("/registry/store/publish", content=write_zip(SHOP), params={"message": "First"})
        await client.put("/workspace/store/files/own.js", content=b"exports.mine = 1")
        refused = await client.put("/workspace/store", json={"release": 1})
        assert (refused.status_code, refused.json()["code"]) == (409, "repository.conflict")
        taken = await client.put("/workspace/store", json={"release": 1, "overwrite": True})
        assert (taken.status_code, taken.json()["changed"]) == (200, False)
        assert (await client.put("/workspace/store", json={"release": 1})).status_code == 200
        assert (await client.put("/workspace/store", json={"release": "newest"})).status_code == 400
        assert (await client.delete("/workspace/store")).status_code == 204
        assert await items(client, "/workspace") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/workspace/store/activate", None),
        ("POST", "/workspace/store/publish", b'{"message": "x"}'),
        ("POST", "/registry/store/publish?message=x", write_zip(SHOP)),
        ("POST", "/registry/store/rollback", b'{"release": 1}'),
        ("DELETE", "/registry/store", None),
    ],
)
async def test_a_folder_is_its_own_registry(
    served_folder: Installation, method: str, path: str, body: bytes | None
) -> None:
    async with served_folder.client() as client:
        await upload(client, "store", SHOP)
        refused = await client.request(method, path, content=body, headers=JSON)
        assert (refused.status_code, refused.json()["code"]) == (409, "repository.readOnly")
        assert await items(client, "/registry") == []
        assert (await client.get("/registry/shop")).status_code == 404
        assert {"hidden", "shop", "store"} == {each["name"] for each in await items(client, "/projects")}
        assert len((await client.get("/workspace/store/difference")).json()["files"]) == 2


async def test_archives_that_are_none_or_too_large_are_refused(served: Installation) -> None:
    async with served.client() as client:
        for path in ("/registry/store/publish?message=x", "/workspace/store/archive"):
            method = "POST" if "publish" in path else "PUT"
            refused = await client.request(method, path, content=b"this is no archive")
            assert (refused.status_code, refused.json()["code"]) == (400, "repository.archive")
            large = await client.request(method, path, content=b"", headers={"content-length": str(64 * 1024**2 + 1)})
            assert (large.status_code, large.json()["code"]) == (413, "request.tooLarge")
