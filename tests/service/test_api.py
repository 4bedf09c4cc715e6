"""The management API of the real server: what is done there shows at the flow port, and who may is asked for."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from airdock.repository import write_zip
from tests.service.server import AirdockServer, running

pytestmark = [pytest.mark.slow, pytest.mark.services]

SLOW = b'{"steps": [{"type": "delay", "duration": "1m"}, {"type": "output", "message": "late"}]}'
PASSWORD = "correct horse battery"


def flow(message: str) -> bytes:
    return b'{"steps": [{"type": "output", "message": "%s"}]}' % message.encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirdockServer]:
    with running(None, tmp_path_factory.mktemp("api") / "home", "--workers", "2", admin=True) as started:
        yield started


def api(server: AirdockServer, token: str = "") -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"{server.admin_url}/api/v1", headers=headers, timeout=30, trust_env=False)


@pytest.fixture
def client(server: AirdockServer) -> Iterator[httpx.Client]:
    """The person at the machine."""
    with api(server) as made:
        yield made


def publish(client: httpx.Client, project: str, files: dict[str, bytes], **query: Any) -> dict[str, Any]:
    parameters = {"message": "Test", **query}
    answer = client.post(f"/registry/{project}/publish", content=write_zip(files), params=parameters)
    assert answer.status_code == 200, answer.text
    published: dict[str, Any] = answer.json()
    return published


def test_what_is_published_answers_at_the_flow_port(server: AirdockServer, client: httpx.Client) -> None:
    url = f"{server.url}/services/flow/shop/hello.flow"
    for number, message in enumerate(("one", "two"), 1):
        base = {"base": number - 1} if number > 1 else {}
        assert publish(client, "shop", {"hello.flow": flow(message)}, **base)["release"] == number
        server.wait_for(partial(_answers, url, message), "the release", 5)
    assert client.post("/registry/shop/rollback", json={"release": 1, "message": "Back"}).json()["release"] == 3
    server.wait_for(partial(_answers, url, "one"), "the rollback", 5)
    server.wait_for(lambda: _release(client, "shop/hello.flow") == 3, "the agent to tell it", 5)
    assert client.delete("/registry/shop", params={"message": "Enough"}).status_code == 204
    server.wait_for(lambda: {httpx.get(url).status_code for _ in range(20)} == {404}, "the end", 5)


def test_the_agent_tells_every_process(server: AirdockServer, client: httpx.Client) -> None:
    def kinds() -> list[str]:
        [node] = client.get("/agent").json()["nodes"]
        return sorted(process["kind"] for process in node["processes"])

    server.wait_for(lambda: kinds() == ["management", "worker", "worker"], "three processes")


def test_a_run_is_seen_going_on_and_cancelled(server: AirdockServer, client: httpx.Client) -> None:
    publish(client, "slow", {"slow.flow": SLOW})
    url = f"{server.url}/services/flow/slow/slow.flow"
    answers: list[httpx.Response] = []
    server.wait_for(lambda: _release(client, "slow/slow.flow") == 1, "the flow")
    thread = threading.Thread(target=lambda: answers.append(_served(server, url)))
    thread.start()
    server.wait_for(lambda: client.get("/runs/running").json()["items"], "the run")
    [run] = client.get("/runs/running").json()["items"]
    assert (run["flow"], run["cancelling"]) == ("slow/slow.flow", False)
    assert client.post(f"/runs/{run['id']}/cancel").status_code == 204
    thread.join(20)
    assert (answers[0].status_code, answers[0].json()["code"]) == (503, "flow.cancelled")
    entries = client.get("/audit", params={"action": "run.cancel"}).json()["items"]
    assert [entry["target"] for entry in entries] == [run["id"]]


def test_a_failed_run_goes_on_on_the_release_that_mends_it(server: AirdockServer, client: httpx.Client) -> None:
    def steps(last: str) -> bytes:
        return b'{"log": "full", "steps": [{"type": "set", "properties": {"n": 1}}, %s]}' % last.encode()

    publish(client, "mend", {"mend.flow": steps('{"type": "throw", "name": "end", "code": "shop.closed"}')})
    url = f"{server.url}/services/flow/mend/mend.flow"
    server.wait_for(lambda: httpx.get(url).status_code == 500, "the flow")
    server.wait_for(lambda: client.get("/runs", params={"project": "mend"}).json()["items"], "the record")
    failed = client.get("/runs", params={"project": "mend"}).json()["items"][-1]
    assert client.get(f"/runs/{failed['id']}").json()["retriable"] is True
    publish(
        client, "mend", {"mend.flow": steps('{"type": "output", "name": "end", "message": "${properties.n}"}')}, base=1
    )
    server.wait_for(lambda: _release(client, "mend/mend.flow") == 2, "the release that mends it")
    again = client.post(f"/runs/{failed['id']}/retry", json={"version": "same"}).json()
    assert (again["outcome"], again["attempt"], again["retryOf"]) == ("failed", 2, failed["id"])
    mended = client.post(f"/runs/{failed['id']}/retry", json={"version": "current"}).json()
    assert (mended["outcome"], mended["retryOf"], mended["release"]) == ("ok", failed["id"], 2)
    entries = client.get("/audit", params={"action": "run.retry"}).json()["items"]
    assert [(entry["target"], entry["details"]["version"]) for entry in entries] == [
        (failed["id"], "current"),
        (failed["id"], "same"),
    ]


def test_a_body_that_is_too_large_is_refused_before_it_was_sent(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        sent = 0
        while True:
            assert sent < 80 * 1024**2, "everything was taken"
            sent += 1024**2
            yield bytes(1024**2)

    answer = client.put("/workspace/large/archive", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "request.tooLarge")


def test_once_there_is_a_user_everybody_signs_in(tmp_path: Path) -> None:
    with running(None, tmp_path / "home", admin=True) as server, api(server) as client:
        made = client.post("/users", json={"name": "root", "password": PASSWORD, "roles": ["administrator"]})
        assert made.status_code == 201
        assert client.get("/workspace").status_code == 401
        session = client.post("/session", json={"user": "root", "password": PASSWORD}).json()
        csrf = {"x-csrf-token": session["csrf"]}
        wanted = {"name": "ci", "scopes": ["workspace", "sandbox"]}
        token = client.post("/tokens", json=wanted, headers=csrf).json()["token"]
        with api(server, token) as program:
            assert program.put("/workspace/draft/archive", content=write_zip({"hi.flow": flow("mine")})).is_success
            [address] = program.post("/workspace/draft/activate").json()["addresses"]
            assert program.post("/workspace/draft/publish", json={"message": "No"}).status_code == 403
        url, own = f"{server.url}{address}", {"authorization": f"Bearer {token}"}
        server.wait_for(lambda: httpx.get(url, headers=own).text == "mine", "the sandbox", 5)
        assert httpx.get(url).status_code in (401, 404)
        assert client.delete("/session", headers=csrf).status_code == 204


def _answers(url: str, text: str) -> bool:
    """Whether every worker answers so."""
    return {httpx.get(url).text for _ in range(20)} == {text}


def _release(client: httpx.Client, path: str) -> int | None:
    found = {each["path"]: each["release"] for each in client.get("/agent").json()["items"]}
    release: int | None = found.get(path)
    return release


def _served(server: AirdockServer, url: str) -> httpx.Response:
    """The answer of a flow that was published a moment ago, once it is there."""
    while (answer := httpx.get(url, timeout=30)).status_code == 404:
        assert server.pid
    return answer
