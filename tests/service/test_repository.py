"""The repository, served by the real program: what is published is followed by every process of every node."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from airdock.agent.status import nodes
from airdock.database import Database
from airdock.identity import LOCAL
from airdock.repository import Repository
from tests.databases import KINDS, database_url, postgresql_database
from tests.service.proxy import proxied
from tests.service.server import AirdockServer, get, output_flow, running, status_of

pytestmark = [pytest.mark.slow, pytest.mark.services]

RELEASE = {"type": "output", "message": " ${$string(run.release)}"}
FILES = {
    "who.py": "import os\n\nasync def service(exchange):\n    exchange.response.write(str(os.getpid()))\n",
    "who.flow": {"steps": [{"type": "python", "module": "/p/who.py"}, RELEASE]},
}
"""A flow that answers with its process and its release."""
ADDRESS = "/services/flow/p/who.flow"


class Published:
    """A repository that is published to, and the servers that follow it."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url
        self.database = Database(home, url)
        self.database.open()
        self.repository = Repository(self.database)

    def publish(self, project: str, files: dict[str, Any]) -> int:
        """The number of the release that it makes."""
        registry = self.repository.registry
        newest = registry.newest_releases().get(project)
        base = newest.number if newest is not None else None
        return registry.publish_files(project, _encoded(files), "ann", "a message", base=base).release

    def activate(self, user: str, project: str, files: dict[str, Any]) -> None:
        self.repository.workspaces.replace(user, project, _encoded(files), None)
        self.repository.sandboxes.activate(project, user)

    def running(self, node: str = "one", home: Path | None = None, url: str | None = None, **options: Any) -> Any:
        """A node with two workers and a management port."""
        environment = {"AIRDOCK_DATABASE_URL": self.url if url is None else url, "AIRDOCK_NODE": node}
        return running(
            None, home or self.home, "--workers", "2", admin=True,
            environment={name: value for name, value in environment.items() if value}, **options,
        )  # fmt: skip


class Served(NamedTuple):
    """A repository and a node that serves it."""

    published: Published
    server: AirdockServer


@pytest.fixture(scope="module", params=KINDS)
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A node on each kind of database, for all tests that only publish."""
    with database_url(request.param) as url:
        made = Published(tmp_path_factory.mktemp("repository"), url)
        with made.running() as server:
            yield Served(made, server)
        assert nodes(made.database) == [], "processes that ended say so"
        made.database.close()


@pytest.fixture
def served(node: Served) -> Iterator[Served]:
    """The node; what a test published is gone afterwards."""
    yield node
    for project in node.published.repository.registry.projects():
        node.published.repository.registry.unpublish(project, "ann", "over")
    node.server.wait_for(lambda: not answers_of(node.server), "the end of all publications")


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    """An empty repository on SQLite, which nobody serves yet."""
    made = Published(tmp_path / "home", "")
    yield made
    made.database.close()


@pytest.fixture
def clustered(tmp_path: Path) -> Iterator[Published]:
    with postgresql_database() as url:
        made = Published(tmp_path / "home", url)
        yield made
        made.database.close()


def _encoded(files: dict[str, Any]) -> dict[str, bytes]:
    return {
        path: (content if isinstance(content, str) else json.dumps(content)).encode() for path, content in files.items()
    }


def answers_of(server: AirdockServer, rounds: int = 8) -> dict[int, str]:
    """What each worker, and the process of the management port, answers: release by process."""
    found: dict[int, str] = {}
    answer: httpx.Response | None = None
    for url in [server.url] * rounds + [server.admin_url]:
        with contextlib.suppress(httpx.TransportError):
            answer = get(url + ADDRESS)
        if answer is not None and answer.status_code == 200:
            pid, release = answer.text.split()
            found[int(pid)] = release
    return found


def wait_everywhere(server: AirdockServer, release: int, processes: int = 3) -> None:
    """Waits until every process answers with a release."""
    seen: dict[int, str] = {}

    def everywhere() -> bool:
        seen.update(answers_of(server))
        alive = {pid: text for pid, text in seen.items() if pid in server.child_pids()}
        return len(alive) == processes and set(alive.values()) == {str(release)}

    server.wait_for(everywhere, f"release {release} everywhere")


def wait_applied(published: Published, count: int) -> float:
    """Waits until so many processes have taken in the newest change; the seconds that it took."""
    from airdock.database import current_cursor

    began = time.monotonic()
    with published.database.reading() as connection:
        newest = current_cursor(connection)
    while time.monotonic() < began + 30:
        processes = [process for node in nodes(published.database) for process in node.processes]
        if sum(process.cursor >= newest for process in processes) >= count:
            return time.monotonic() - began
        time.sleep(0.005)
    pytest.fail("a change was not taken in")


def test_a_publication_takes_effect_in_every_process(served: Served) -> None:
    published, server = served
    assert status_of(server.url + ADDRESS) == 404
    wait_everywhere(server, published.publish("p", FILES))
    for number in range(3):
        release = published.publish("p", {**FILES, f"new{number}.flow": output_flow("new")})
        print(f"taken in after {wait_applied(published, 3) * 1000:.0f} ms")
        wait_everywhere(server, release)
    assert get(f"{server.url}/services/flow/p/new2.flow").text == "new"
    assert status_of(f"{server.url}/services/flow/p/new0.flow") == 404
    published.repository.registry.unpublish("p", "ann", "over")
    server.wait_for(lambda: not answers_of(server), "the end of the publication")
    (told,) = nodes(published.database)
    assert (told.name, sorted(each.kind for each in told.processes)) == ("one", ["management", "worker", "worker"])


def test_a_run_ends_on_the_release_that_it_began_with(served: Served) -> None:
    def files(word: str) -> dict[str, Any]:
        calls = [{"type": "delay", "duration": "1500ms"}, {"type": "flow", "module": "/q/inner.flow"}]
        script = f"exports.service = () => ' {word}';"
        steps = [*calls, {"type": "javascript", "module": "/p/s.js"}, {"type": "output", "message": "${body}"}, RELEASE]
        return {**FILES, "s.js": script, "slow.flow": {"steps": steps}}

    published, server = served
    published.publish("q", {"inner.flow": output_flow("inner one")})
    old = published.publish("p", files("one"))
    wait_everywhere(server, old)
    answers: list[str] = []
    address = f"{server.url}/services/flow/p/slow.flow"
    asking = threading.Thread(target=lambda: answers.append(get(address, timeout=30).text))
    asking.start()
    server.wait_for(lambda: in_flight(server, "p/slow.flow"), "the run to begin")
    published.publish("q", {"inner.flow": output_flow("inner two")})
    wait_everywhere(server, published.publish("p", files("two")))
    assert not answers
    asking.join()
    assert answers == [f"inner one one {old}"]
    assert get(address).text == f"inner two two {old + 1}"


def in_flight(server: AirdockServer, flow: str) -> bool:
    return f'airdock_runs_in_flight{{flow="{flow}"}} 1.0' in get(f"{server.admin_url}/metrics").text


def test_a_sandbox_is_followed(served: Served) -> None:
    published, server = served
    published.publish("p", {"a.flow": output_flow("public")})
    published.activate(LOCAL.name, "p", {"a.flow": output_flow("mine")})
    address = f"{server.admin_url}/services/flow-sandbox/{LOCAL.name}/p/a.flow"
    server.wait_for(lambda: status_of(address) == 200, "the sandbox")
    assert get(address).text == "mine"
    # Each process takes changes in by itself.
    public = f"{server.url}/services/flow/p/a.flow"
    server.wait_for(lambda: status_of(public) == 200, "the published flow")
    assert get(public).text == "public"
    assert status_of(f"{server.admin_url}/services/flow-sandbox/ann/p/a.flow") in (403, 404)
    published.repository.sandboxes.deactivate("p", LOCAL.name)
    server.wait_for(lambda: status_of(address) == 404, "the end of the sandbox")


def test_no_request_is_lost_while_much_is_published(served: Served) -> None:
    published, server = served
    wait_everywhere(server, published.publish("p", FILES))
    stop = threading.Event()
    seen: list[tuple[int, float]] = []
    asking = [threading.Thread(target=_ask, args=(server.url, stop, seen)) for _ in range(4)]
    for each in asking:
        each.start()
    for number in range(3):
        many = {f"f{n}.flow": output_flow(f"{number} {n}") for n in range(100)}
        wait_everywhere(server, published.publish("p", {**FILES, **many}))
    stop.set()
    for each in asking:
        each.join()
    print(f"{len(seen)} requests, the slowest {max(taken for _, taken in seen) * 1000:.0f} ms")
    assert {status for status, _ in seen} == {200}


def _ask(url: str, stop: threading.Event, seen: list[tuple[int, float]]) -> None:
    with httpx.Client() as client:
        while not stop.is_set():
            began = time.perf_counter()
            status = client.get(url + ADDRESS).status_code
            seen.append((status, time.perf_counter() - began))


def test_a_worker_that_is_killed_comes_back_with_what_is_published(published: Published) -> None:
    with published.running() as server:
        wait_everywhere(server, published.publish("p", FILES))
        before = server.child_pids()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        release = published.publish("p", {**FILES, "b.flow": output_flow("b")})
        server.wait_for(lambda: len(server.child_pids() - before) == 3, "new processes")
        server.wait_ready()
        wait_everywhere(server, release)


def test_two_nodes_follow_one_database_and_lose_their_listeners(clustered: Published, tmp_path: Path) -> None:
    with clustered.running("one") as one, clustered.running("two", home=tmp_path / "other") as two:
        for number in range(3):
            release = clustered.publish("p", {**FILES, f"f{number}.flow": output_flow("x")})
            print(f"taken in by both nodes after {wait_applied(clustered, 6) * 1000:.0f} ms")
            wait_everywhere(one, release)
            wait_everywhere(two, release)
        with psycopg.connect(clustered.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'airdock-watch'"
            )
        release = clustered.publish("p", {**FILES, "last.flow": output_flow("x")})
        wait_everywhere(one, release)
        wait_everywhere(two, release)
        one.wait_for(lambda: told_releases(clustered) == {"one": {release}, "two": {release}}, "both nodes to tell")


def told_releases(published: Published) -> dict[str, set[int | None]]:
    return {node.name: {each.release for each in node.artefacts} for node in nodes(published.database)}


def test_flows_go_on_while_the_database_is_away(clustered: Published) -> None:
    with proxied(clustered.url) as (proxy, url), clustered.running(url=url) as server:
        wait_everywhere(server, clustered.publish("p", FILES))
        proxy.cut()
        release = clustered.publish("p", {**FILES, "b.flow": output_flow("b")})
        deadline = time.monotonic() + 2
        statuses = set()
        while time.monotonic() < deadline:
            statuses.add(status_of(server.url + ADDRESS))
        assert statuses == {200}
        assert set(answers_of(server).values()) == {"1"}
        proxy.restore()
        wait_everywhere(server, release)
        server.wait_for(lambda: "changes are followed again" in server.errors, "a line that says so")


def test_a_worker_that_begins_without_the_database_waits_for_it(clustered: Published) -> None:
    with proxied(clustered.url) as (proxy, url), clustered.running(url=url) as server:
        wait_everywhere(server, clustered.publish("p", FILES))
        proxy.cut()
        before = server.child_pids()
        os.kill(max(answers_of(server).keys() & before), signal.SIGKILL)
        server.wait_for(lambda: "waiting for the database" in server.errors, "a line that says so")
        assert status_of(server.url + ADDRESS) == 200
        proxy.restore()
        wait_everywhere(server, 1)


def test_the_start_says_what_is_served_and_how_to_begin(published: Published) -> None:
    with published.running() as server:
        server.wait_for(lambda: "Press Ctrl-C" in server.output, "the table")
        assert "Nothing is published yet" in server.output
        assert "airdock publish hello" in server.output
    published.publish("p", {"a.flow": output_flow("a")})
    with published.running() as server:
        server.wait_for(lambda: "Press Ctrl-C" in server.output, "the table")
        assert f"p/a.flow  enabled  release 1    {server.url}/services/flow/p/a.flow" in server.output
