"""Who may call what: every route with every role, and what of restricted projects others see."""

from pathlib import Path

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from airdock.server.management.access import make_guard
from airdock.server.management.problems import HANDLERS
from tests.unit.server.management.installation import ADMINISTRATOR, Installation
from tests.unit.server.management.walking import walk

TABLE = Path(__file__).with_name("who_may_what.txt")


def who_may() -> dict[str, dict[str, bool]]:
    """Operation → caller → whether they may."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {name: {caller: cell == "+" for caller, cell in zip(lines[0][1:], cells, strict=True)}
            for name, *cells in lines[1:]}  # fmt: skip


def tokens_of_all(served: Installation) -> dict[str, str]:
    roles = ("viewer", "operator", "developer", "publisher")
    return {
        "nobody": "",
        "administrator": served.add_user(ADMINISTRATOR),
        "plain": served.add_user("plain"),
        **{role: served.add_user(f"a-{role}", role) for role in roles},
        "runs": served.token(ADMINISTRATOR, scopes=["runs.read"]),
        "shop": served.token(ADMINISTRATOR, projects=["shop"]),
    }


async def test_every_route_lets_pass_whom_the_table_names_and_nobody_else(served: Installation) -> None:
    table = who_may()
    routes = list(walk(served.app.api))
    assert {route.operation for route in routes} == set(table)
    for caller, token in tokens_of_all(served).items():
        async with served.client(token) as client:
            for route in routes:
                answer = await route.ask(client)
                passed = answer.status_code not in (401, 403)
                assert passed == table[route.operation][caller], (route.operation, caller, answer.text)
                assert passed or answer.status_code == (401 if caller == "nobody" else 403)


async def test_projects_with_members_do_not_exist_for_others(served: Installation) -> None:
    stranger, member = served.add_user("ann", "publisher"), served.add_user("bob", "viewer")
    served.restrict("hidden", bob=["publisher"])
    routes = [route for route in walk(served.app.api) if route.declared.access.project is not None]
    about = [route for route in routes if route.operation not in ("getMembers", "setMembers")]
    async with served.client(stranger) as ann, served.client(member) as bob:
        for route in about:
            answer = await route.ask(ann, project="hidden")
            assert (answer.status_code, answer.json()["code"]) == (404, "request.notFound"), route.operation
            assert (await route.ask(bob, project="hidden")).status_code not in (401, 403), route.operation


async def test_lists_leave_out_what_is_of_projects_that_the_caller_does_not_see(served_folder: Installation) -> None:
    stranger, member = served_folder.add_user("ann", "developer"), served_folder.add_user("bob", "developer")
    served_folder.restrict("hidden", bob=["developer"])
    async with served_folder.client() as anybody:
        assert (await anybody.get("http://localhost:8081/services/flow/hidden/secret.flow")).text == "psst"
    assert served_folder.serving.runlog.flush()
    async with served_folder.client(stranger) as ann, served_folder.client(member) as bob:
        for path in ("/flows", "/routes", "/agent", "/projects", "/runs", "http://localhost:8081/metrics"):
            assert "hidden" not in (await ann.get(path)).text, path
            assert "hidden" in (await bob.get(path)).text, path
        [run] = (await bob.get("/runs")).json()["items"]
        assert (await bob.get(f"/runs/{run['id']}")).status_code == 200
        assert (await ann.get(f"/runs/{run['id']}")).status_code == 404


def test_a_route_that_declares_nothing_is_closed(served: Installation) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "reached"

    app = Litestar([forgotten], guards=[make_guard(served.parts)], exception_handlers=HANDLERS, logging_config=None)
    with TestClient(app) as client:
        assert client.get("/forgotten").status_code == 403


@pytest.mark.parametrize("path", ["/users/ann", "/users/bob"])
async def test_people_see_themselves(served: Installation, path: str) -> None:
    async with served.client(served.add_user("ann", "viewer")) as ann:
        served.add_user("bob", "viewer")
        assert (await ann.get(path)).status_code == (200 if path.endswith("ann") else 403)
