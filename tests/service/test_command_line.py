"""The command line against a server: what developers, pipelines and administrators do with it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from airdock.api.files import Activation
from airdock.api.registry import Release
from airdock.api.runs import RunSummary
from airdock.api.shapes import Difference
from airdock.api.workspace import Published
from airdock.cli.project.state import NAME
from tests.service.people import PASSWORD, Town, a_server
from tests.service.server import AirdockServer, get, output_flow
from tests.unit.cli.program import program_with

pytestmark = [pytest.mark.slow, pytest.mark.services]

USERS = {
    "ann": ["administrator"],
    "bob": ["publisher"],
    "dev": ["developer"],
    "eve": ["viewer"],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AirdockServer, dict[str, str]]]:
    with a_server(tmp_path_factory.mktemp("server"), USERS) as started:
        yield started


@pytest.fixture
def town(served: tuple[AirdockServer, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Town:
    server, tokens = served
    return Town(server, tmp_path, program_with(capsys), tokens)


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """The name of a project that no other test uses."""
    return str(request.node.name).partition("[")[0].removeprefix("test_")[:60]


def flow_text(*lines: str) -> str:
    """A flow whose text has a line for each message, far enough apart to be merged."""
    steps = ",\n\n\n".join(f'    {{"type": "output", "message": "{line}"}}' for line in lines)
    return f'{{\n  "steps": [\n{steps}\n  ]\n}}\n'


def published(town: Town, project: str, path: str = "a.flow") -> str:
    url = f"{town.server.url}/services/flow/{project}/{path}"
    return get(url).text


def answers(url: str, token: str, text: str) -> bool:
    return get(url, headers={"authorization": f"Bearer {token}"}).text == text


def eventually(town: Town, project: str, text: str) -> None:
    town.server.wait_for(lambda: published(town, project) == text, f"{project} to answer {text}")


def test_two_developers(town: Town, project: str) -> None:
    ann, bob = town.person("ann"), town.person("bob")
    ann.write(project, {"a.flow": flow_text("one", "two", "three")})
    made = ann("publish", project, "-m", "first")
    assert "release 1" in made.out
    assert f"{project} never was in step" in made.err
    eventually(town, project, "onetwothree")

    for person in (ann, bob):
        person("pull", project, f"{project}/copy")
        (person.folder / f"{project}/copy").rename(person.folder / "shop")
    ann.write("shop", {"a.flow": flow_text("ANN", "two", "three")})
    bob.write("shop", {"a.flow": flow_text("one", "two", "BOB")})
    for person, text in ((ann, "ANNtwothree"), (bob, "onetwoBOB")):
        (address,) = person.json("activate", "shop")["addresses"]
        town.server.wait_for(partial(answers, town.server.url + address, person.token, text), f"{address}: {text}")
        assert get(town.server.url + address).status_code == 401
    assert published(town, project) == "onetwothree"

    assert "release 2" in bob("publish", "shop", "-m", "Bob's").out
    eventually(town, project, "onetwoBOB")
    refused = ann("publish", "shop", "-m", "Ann's", code=3)
    assert "Bob's" in refused.err
    assert "~ a.flow" in refused.err
    assert "airdock pull --merge shop" in refused.err
    assert "merged from release 2" in ann("pull", "--merge", "shop").out
    assert ann.read("shop/a.flow") == flow_text("ANN", "two", "BOB")
    assert "release 3" in ann("publish", "shop", "-m", "Ann's").out
    eventually(town, project, "ANNtwoBOB")

    assert "back to release 2" in bob("rollback", project, 2, "-m", "Ann's is wrong").out
    eventually(town, project, "onetwoBOB")
    listed = bob("releases", project).out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["*", "3", "2", "1"]
    assert "back to 2: Ann's is wrong" in listed[1]
    ann("deactivate", "shop")
    assert ann("unpublish", project, "-m", "enough").code == 0
    town.server.wait_for(lambda: get(f"{town.server.url}/services/flow/{project}/a.flow").status_code == 404, "404")


def test_a_conflict_is_marked_and_must_be_decided(town: Town, project: str) -> None:
    ann, bob = town.person("ann"), town.person("bob")
    ann.write(project, {"a.flow": flow_text("one")})
    ann("publish", project, "-m", "first")
    for person in (ann, bob):
        person("pull", project, "copy", "--release", 1)
        person.write("copy", {"a.flow": flow_text(person.name)})
    bob("publish", "copy", "-m", "Bob's")
    ann("publish", "copy", "-m", "Ann's", code=3)
    merged = ann("pull", "--merge", "copy", code=1)
    assert "! a.flow: 1 conflict" in merged.out
    assert "<<<<<<< this folder" in ann.read("copy/a.flow")
    for command in (("push", "copy"), ("publish", "copy", "-m", "x"), ("activate", "copy")):
        assert "conflicts are left in a.flow" in ann(*command, code=1).err
    ann.write("copy", {"a.flow": flow_text("both")})
    assert "release 3" in ann("publish", "copy", "-m", "Both").out
    assert "nothing changed on the server" in ann("pull", "--merge", "copy").out


def test_no_edit_of_the_workspace_is_lost(town: Town, project: str) -> None:
    dev = town.person("dev")
    dev.write(project, {"a.flow": flow_text("one"), "b.flow": flow_text("b"), "lib/c.py": "x = 1\n"})
    assert dev.json("push", project)["base"] is None
    with dev.client() as client:
        file = client.workspace.read(project, "a.flow")
        client.workspace.write(project, "a.flow", flow_text("console").encode(), expected=file.etag)
    dev.write(project, {"b.flow": flow_text("here")})
    refused = dev("push", project, code=3)
    assert "changed in your workspace" in refused.err
    assert "a.flow" in refused.err
    pulled = dev.json("pull", project)
    assert [(each["source"], each["written"]) for each in pulled] == [("workspace", ["a.flow"])]
    assert dev.read(f"{project}/a.flow") == flow_text("console")
    assert dev.read(f"{project}/b.flow") == flow_text("here")
    (dev.folder / project / "lib/c.py").unlink()
    pushed = dev("push", project).out
    assert "1 changed, 1 removed" in pushed
    with dev.client() as client:
        assert [file.path for file in client.workspace.files(project)] == ["a.flow", "b.flow"]
    assert "no difference" in dev("push", project).out


def test_edits_on_both_sides_are_merged_or_one_is_insisted_on(town: Town, project: str) -> None:
    dev = town.person("dev")
    dev.write(project, {"a.flow": flow_text("one", "two", "three")})
    dev("push", project)

    def edit(text: str) -> None:
        with dev.client() as client:
            client.workspace.write(project, "a.flow", text.encode(), expected="*")

    edit(flow_text("there", "two", "three"))
    dev.write(project, {"a.flow": flow_text("one", "two", "here")})
    assert "changed both here and in your workspace" in dev("pull", project, code=3).err
    # Nothing was published, so there is no common base: the whole file is the conflict.
    assert "! a.flow" in dev("pull", "--merge", project, code=1).out
    dev.write(project, {"a.flow": flow_text("there", "two", "here")})
    dev("push", project)
    edit(flow_text("again"))
    dev.write(project, {"a.flow": flow_text("mine")})
    dev("push", project, code=3)
    dev("push", project, "--force")
    edit(flow_text("once more"))
    dev.write(project, {"a.flow": flow_text("mine, too")})
    dev("pull", project, code=3)
    dev("pull", project, "--force")
    assert dev.read(f"{project}/a.flow") == flow_text("once more")


def test_a_folder_that_knows_nothing_does_not_replace_a_workspace(town: Town, project: str) -> None:
    dev = town.person("dev")
    dev.write(project, {"a.flow": flow_text("one")})
    dev("push", project)
    (dev.folder / project / NAME).unlink()
    assert "no difference" in dev("push", project).out
    (dev.folder / project / NAME).unlink()
    dev.write(project, {"a.flow": flow_text("other")})
    assert "does not come from there" in dev("push", project, code=3).err
    assert "changed both here" in dev("pull", project, code=3).err


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_pipeline_publishes_from_git_as_often_as_it_likes(town: Town, project: str) -> None:
    ann, ci = town.person("ann"), town.person("ci", signed_in=False)
    made = ann("tokens", "create", f"ci-{project[:20]}", "--service", "--role", "publisher", "--project", project)
    ci.token = made.out.strip()
    ci.write(project, {"a.flow": flow_text("one")})
    git(ci.folder, "init", "-q")
    git(ci.folder, "add", project)
    git(ci.folder, "commit", "-qm", "first")
    head = git(ci.folder, "rev-parse", "HEAD")
    first = ci.json("publish", project, "-m", "first")
    assert (first["release"], first["made"]) == (1, True)
    again = ci("publish", project, "-m", "again")
    assert "nothing differs from release 1" in again.out
    assert not (ci.folder / project / NAME).exists()
    ci.write(project, {"a.flow": flow_text("two")})
    assert ci.json("publish", project, "-m", "dirty")["release"] == 2
    releases = ci.json("releases", project)
    assert [each["revision"] for each in releases] == [f"{head}-dirty", head]
    assert releases[0]["user"] == f"ci-{project[:20]}"
    assert f"[{head[:12]}-dirty]" in ci("releases", project).out
    assert "nothing differs" in ci("publish", project, "-m", "x", "--base", "current").out
    ci.write(project, {"a.flow": flow_text("three")})
    assert "published since release 1" in ci("publish", project, "-m", "x", "--base", 1, code=3).err


def test_a_project_with_problems_is_not_published_or_activated(town: Town, project: str) -> None:
    bob = town.person("bob")
    bob.write(project, {"a.flow": '{"steps": [{"type": "outptu", "message": "x"}]}', "b.flow": flow_text("b")})
    refused = bob("publish", project, "-m", "first", code=1)
    assert "a.flow:1:" in refused.err
    assert "output" in refused.err
    activated = bob("activate", project, code=1)
    assert "a.flow:1:" in activated.out
    assert "not activated" in activated.out
    document = msgspec.json.decode(bob("activate", project, "--json", code=1).out, type=Activation)
    assert (document.activated, len(document.problems)) == (False, 1)


def test_what_differs(town: Town, project: str) -> None:
    bob = town.person("bob")
    bob.write(project, {"a.flow": flow_text("one"), "old.py": "x = 1\n"})
    bob("publish", project, "-m", "first")
    bob.write(project, {"a.flow": flow_text("two"), "new.py": "y = 1\n"})
    (bob.folder / project / "old.py").unlink()
    shown = bob("diff", project).out.splitlines()
    assert '-    {"type": "output", "message": "one"}' in shown
    assert '+    {"type": "output", "message": "two"}' in shown
    bob("publish", project, "-m", "second")
    assert bob("diff", project).out == ""
    assert bob("diff", project, 1).out.splitlines() == shown
    assert bob("diff", project, 1, 2).out.splitlines() == shown
    found = msgspec.json.decode(bob("diff", project, 1, 2, "--json").out, type=Difference)
    assert [(each.path, each.change) for each in found.files] == [
        ("a.flow", "changed"),
        ("new.py", "added"),
        ("old.py", "removed"),
    ]
    other = town.person("dev")
    other("pull", project)
    other.write(project, {"a.flow": flow_text("three")})
    other("push", project)
    (other.folder / project).rename(other.folder / "elsewhere")
    assert '+    {"type": "output", "message": "three"}' in other("diff", project).out.splitlines()
    assert '-    {"type": "output", "message": "one"}' in other("diff", project, 1).out.splitlines()


def test_what_programs_read(town: Town, project: str) -> None:
    bob = town.person("bob")
    bob.write(project, {"a.flow": flow_text("one")})

    def read(type: Any, *arguments: object) -> Any:
        return msgspec.json.decode(bob(*arguments, "--json").out, type=type)

    assert read(Activation, "activate", project).activated
    assert read(Published, "publish", project, "-m", "first").release == 1
    assert [each.number for each in read(list[Release], "releases", project)] == [1]
    eventually(town, project, "one")
    routes = bob.json("routes", "--project", project)
    assert [(each["address"], each["release"]) for each in routes] == [(f"/services/flow/{project}/a.flow", 1)]
    assert f"/services/flow/{project}/a.flow" in bob("routes").out
    bob.write(project, {"a.flow": flow_text("two")})
    assert read(Published, "publish", project, "-m", "second").release == 2
    assert read(Published, "rollback", project, 1).release == 3
    assert not read(Published, "rollback", project, 1).made
    assert bob.json("deactivate", project) == {"project": project}


def test_signing_in_and_out(town: Town) -> None:
    eve = town.person("eve", signed_in=False)
    assert "`airdock login` signs in" in eve("routes", code=1).err
    assert eve("login", "--user", "eve", "--password-stdin", stdin="wrong\n", code=1).out == ""
    signed_in = eve("login", "--user", "eve", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert f"signed in to {town.server.admin_url} as eve until" in signed_in.out
    assert "no flow" in eve("routes").out or "ADDRESS" in eve("routes").out
    (token,) = [each for each in eve.json("tokens", "list") if each["name"].startswith("airdock login on ")]
    assert token["expires"] is not None
    eve("login", "--user", "eve", "--password-stdin", stdin=f"{PASSWORD}\n")
    (renewed,) = [each for each in eve.json("tokens", "list") if each["name"].startswith("airdock login on ")]
    assert renewed["id"] != token["id"]
    assert "not allowed" in eve("users", "list", code=1).err or eve("users", "list", code=1).err
    kept = (eve.folder / "config/airdock/credentials.json").read_text()
    assert "signed out" in eve("logout").out
    assert "nobody is signed in" in eve("logout").out
    (eve.folder / "config/airdock/credentials.json").write_text(kept)
    assert "`airdock login` signs in" in eve("routes", code=1).err


def test_signing_in_by_a_token(town: Town) -> None:
    eve = town.person("eve")
    text, eve.token = eve.token, ""
    assert "as eve" in eve("login", "--token", stdin=f"{text}\n").out
    eve("routes")
    assert eve("login", "--token", stdin="adk_nonsense\n", code=1).out == ""


def test_users_and_tokens_through_the_server(town: Town) -> None:
    ann = town.person("ann")
    assert (
        ann.json("users", "add", "zoe", "--role", "viewer", "--password-stdin", stdin=f"{PASSWORD}\n")["name"] == "zoe"
    )
    assert ann.json("users", "roles", "zoe", "developer")["roles"] == ["developer"]
    ann("users", "passwd", "zoe", "--password-stdin", stdin=f"{PASSWORD} 2\n")
    ann("users", "disable", "zoe")
    assert "zoe" in ann("users", "list").out
    ann("users", "rm", "zoe")
    assert "zoe" not in ann("users", "list").out
    made = ann.json("tokens", "create", "mine")
    assert made["user"] == "ann"
    ann("tokens", "revoke", made["id"])
    assert "makes their own" in ann("tokens", "create", "x", "--user", "bob", code=2).err
    town.person("eve")("users", "add", "mallory", "--no-password", code=1)


def test_following_runs(town: Town, project: str) -> None:
    bob = town.person("bob")
    bob.write(project, {"a.flow": flow_text("one"), "b.flow": output_flow("b")})
    bob("publish", project, "-m", "first")
    eventually(town, project, "one")
    lines: list[str] = []
    command = [sys.executable, "-m", "airdock.cli", "logs", "-f", "--project", project, "--json", "--limit", "0"]
    environment = {"AIRDOCK_SERVER": bob.server, "AIRDOCK_TOKEN": bob.token, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as following:
        assert following.stdout is not None
        reader = threading.Thread(target=lambda: lines.extend(iter(following.stdout.readline, "")))  # type: ignore[union-attr]
        reader.start()
        try:
            called = []

            def seen() -> bool:
                called.append(get(f"{town.server.url}/services/flow/{project}/b.flow").headers["airdock-run"])
                return any(msgspec.json.decode(line, type=RunSummary).id in called for line in lines)

            town.server.wait_for(seen, "a run in the log")
        finally:
            following.terminate()
        reader.join(10)
    ids = [msgspec.json.decode(line, type=RunSummary).id for line in lines]
    assert len(ids) == len(set(ids))
    assert f"{project}/b.flow" in bob("logs", "--flow", f"{project}/b.flow", "--limit", 3).out
    assert bob("logs", "--project", project, "--failed").out == ""


def test_the_runs_of_a_server(town: Town, project: str) -> None:
    ann, bob = town.person("ann"), town.person("bob")
    failing = {"steps": [{"type": "throw", "name": "no", "code": "shop.closed", "message": "closed", "status": 503}]}
    bob.write(project, {"a.flow": flow_text("one"), "closed.flow": failing})
    bob("publish", project, "-m", "first")
    eventually(town, project, "one")
    get(f"{town.server.url}/services/flow/{project}/closed.flow")
    failed = ("runs", "--project", project, "--failed")
    town.server.wait_for(lambda: bob.json(*failed), "the run's record")
    (run,) = bob.json(*failed)
    assert (run["flow"], run["error"]["code"], run["release"]) == (f"{project}/closed.flow", "shop.closed", 1)
    assert f"{project}/closed.flow" in bob(*failed).out
    assert "has no such runs" in bob("runs", "--project", project, "--code", "other").out
    shown = bob("runs", "show", run["id"])
    assert "shop.closed: closed" in shown.out
    assert bob("runs", "show", run["id"][:18]).out == shown.out
    assert bob.json("runs", "show", run["id"])["id"] == run["id"]
    assert bob.json("runs", "running") == []
    assert "airdock runs" in bob("runs", "show", "ffff", code=1).err
    assert bob("runs", "retry", run["id"], code=1).err
    retried = ann.json("runs", "retry", run["id"], code=1)
    assert retried["retryOf"] == run["id"]
    assert retried["attempt"] == 2
    assert ann("runs", "cancel", run["id"], code=3).err


def test_an_installation_without_users_is_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with a_server(tmp_path / "home", {}) as (server, tokens):
        somebody = Town(server, tmp_path, program_with(capsys), tokens).person("somebody")
        assert "open to this machine" in somebody("login").out
        somebody.write("shop", {"a.flow": flow_text("one")})
        assert somebody.json("activate", "shop")["activated"]
        assert somebody.json("publish", "shop", "-m", "first")["release"] == 1


def test_a_client_of_a_program(town: Town, project: str) -> None:
    """`airdock.client` as a program uses it, over a socket."""
    bob = town.person("bob")
    with bob.client() as client, (bob.folder / "shop.zip").open("w+b") as archive:
        assert client.session().user == "bob"
        assert client.workspace.checkout(project).name == project
        written = client.workspace.write(project, "a ä/b.flow", flow_text("one").encode())
        assert client.workspace.read(project, "a ä/b.flow").etag == written.etag
        assert [each.path for each in client.workspace.files(project)] == ["a ä/b.flow"]
        assert list(client.workspace.problems(project)) == []
        size = client.workspace.archive(project, archive)
        archive.seek(0)
        content = archive.read()
        assert len(content) == size
        done = client.registry.publish(project, content, "first", progress=lambda done, whole: None)
        assert (done.release, [each.path for each in done.difference.files]) == (1, ["a ä/b.flow"])
        assert client.registry.release(project, 1).files[0].etag == written.etag
        assert client.registry.read(project, "a ä/b.flow", 1).content == flow_text("one").encode()
        assert project in [each.project for each in client.registry.projects()]
        assert client.agent().node
        client.workspace.drop(project)
        assert client.workspace.find(project) is None


def test_the_server_is_gone(town: Town) -> None:
    bob = town.person("bob")
    bob.server = "http://127.0.0.1:1"
    assert "no server answers at http://127.0.0.1:1" in bob("routes", code=1).err


def test_nothing_is_cached_between_people(town: Town) -> None:
    with httpx.Client(base_url=town.server.admin_url) as client:
        assert client.get("/api/v1/workspace").status_code == 401
