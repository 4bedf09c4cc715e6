"""Files by the API: exactly as they are sent, and never overwritten unseen."""

import asyncio

import httpx
import pytest

from airdock.server.management.routes.files import ADDRESS
from tests.unit.server.management.installation import Installation


@pytest.fixture
async def client(served: Installation) -> httpx.AsyncClient:
    client = served.client()
    assert (await client.put("/workspace/store", json={})).status_code == 200
    return client


def file(path: str) -> str:
    return ADDRESS.replace("{project:str}", "store").replace("{path:path}", path)


async def test_a_file_is_written_read_and_removed(client: httpx.AsyncClient) -> None:
    content = bytes(range(256)) * 4
    written = await client.put(file("/a/b.bin".lstrip("/")), content=content)
    assert written.headers["etag"] == f'"{written.json()["etag"]}"'
    read = await client.get(file("a/b.bin"))
    assert (read.content, read.headers["etag"]) == (content, written.headers["etag"])
    assert read.headers["content-disposition"] == "attachment"
    assert read.headers["x-content-type-options"] == "nosniff"
    known = await client.get(file("a/b.bin"), headers={"if-none-match": read.headers["etag"]})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", read.headers["etag"])
    assert [each["path"] for each in (await client.get("/workspace/store/files")).json()["items"]] == ["a/b.bin"]
    assert (await client.delete(file("a/b.bin"))).json() == {"activation": None}
    assert (await client.get(file("a/b.bin"))).status_code == 404
    assert (await client.delete(file("a/b.bin"))).status_code == 404


async def test_a_file_is_not_overwritten_without_having_been_read(client: httpx.AsyncClient) -> None:
    first = await client.put(file("x.js"), content=b"1")
    refused = await client.put(file("x.js"), content=b"2")
    assert (refused.status_code, refused.json()["code"]) == (428, "request.unconditional")
    second = await client.put(file("x.js"), content=b"2", headers={"if-match": first.headers["etag"]})
    assert second.status_code == 200
    for method in ("PUT", "DELETE"):
        stale = await client.request(method, file("x.js"), headers={"if-match": first.headers["etag"]})
        assert (stale.status_code, stale.json()["code"]) == (412, "repository.changed")
        assert stale.headers["etag"] == second.headers["etag"]
    assert (await client.put(file("x.js"), content=b"3", headers={"if-match": "*"})).status_code == 200
    assert (await client.put(file("y.js"), content=b"3", headers={"if-match": "*"})).status_code == 412
    listed = {"if-match": f'"none", {(await client.get(file("x.js"))).headers["etag"]}'}
    assert (await client.put(file("x.js"), content=b"4", headers=listed)).status_code == 200


async def test_one_of_two_who_make_the_same_file_is_told(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.put(file("x.js"), content=str(n).encode(), headers={"if-none-match": "*"}) for n in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


@pytest.mark.parametrize(
    "headers",
    [{"if-match": "unquoted"}, {"if-match": ""}, {"if-none-match": '"abc"'}, {"if-match": "*", "if-none-match": "*"}],
)
async def test_conditions_that_say_nothing_are_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.put(file("x.js"), content=b"1", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "a//b.js",
        "a.js/",
        "/a.js",
        "%2e%2e/x.js",
        "a/%2e%2e/b.js",
        "a/%2e/b.js",
        "a%5Cb.js",
        "con/x.js/%2e",
        "x%0a.js",
        "%20",
    ],
)
async def test_paths_are_kept_exactly_or_refused(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.put(httpx.URL(str(client.base_url) + "workspace/store/files/").copy_with(
        raw_path=b"/api/v1/workspace/store/files/" + path.encode()), content=b"1")  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "repository.name"), answer.text
    assert (await client.get("/workspace/store/files")).json()["items"] == []


@pytest.mark.parametrize("path", ["a%20b.js", "%C3%A9t%C3%A9.js", "a%2Fb.js", "a+b.js", "a%25b.js", "files/files/x.js"])
async def test_paths_of_every_good_kind_are_kept(client: httpx.AsyncClient, path: str) -> None:
    written = await client.put(file(path), content=b"1")
    assert written.status_code == 200, written.text
    listed = (await client.get("/workspace/store/files")).json()["items"][0]["path"]
    assert listed == written.json()["path"] == str(httpx.URL("http://x/" + path).path)[1:]


async def test_a_file_of_more_than_four_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.put(file("x.bin"), content=bytes(4 * 1024**2))).status_code == 200
    refused = await client.put(file("y.bin"), content=bytes(4 * 1024**2 + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "request.tooLarge")


async def test_files_and_folders_are_moved(client: httpx.AsyncClient) -> None:
    for path in ("old/a.js", "old/b.js", "c.js"):
        await client.put(file(path), content=b"12")
    moved = (await client.post("/workspace/store/move", json={"from": "c.js", "to": "d.js"})).json()
    assert (moved["path"], moved["size"]) == ("d.js", 2)
    assert moved["etag"] == (await client.get(file("d.js"))).headers["etag"].strip('"')
    folder = (await client.post("/workspace/store/move", json={"from": "old", "to": "new"})).json()
    assert (folder["path"], folder["size"], folder["etag"]) == ("new", 4, "")
    taken = await client.post("/workspace/store/move", json={"from": "d.js", "to": "new/a.js"})
    assert (taken.status_code, taken.json()["code"]) == (409, "repository.conflict")


async def test_a_workspace_is_private(served: Installation) -> None:
    ann, bob = (served.client(served.add_user(name, "developer")) for name in ("ann", "bob"))
    await ann.put("/workspace/store", json={})
    await ann.put(file("x.js"), content=b"1")
    assert (await bob.get(file("x.js"))).status_code == 404
    assert (await bob.get("/workspace")).json()["items"] == []
