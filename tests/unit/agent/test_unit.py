import pytest

from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource, UnreadableFileError
from airdock.builtin import catalogue
from tests.unit.flows import Flows, output


class OddFolder(FolderSource):
    """A folder whose file `p/odd.flow` fails when it is read."""

    failure: Exception

    def read(self, path: str) -> bytes | None:
        if path == "p/odd.flow":
            raise self.failure
        return super().read(path)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (UnreadableFileError("descriptor.unreadable", "p/odd.flow: Permission denied"), "descriptor.unreadable"),
        (ZeroDivisionError(), "internal"),
        (RecursionError(), "internal"),
    ],
)
def test_a_file_that_cannot_be_compiled_leaves_the_others_alone(flows: Flows, failure: Exception, code: str) -> None:
    for name in ("a", "odd", "z"):
        flows.write(f"p/{name}.flow", {"steps": [output(name)]})
    folder = OddFolder(flows.folder)
    folder.failure = failure
    agent = Agent(folder, catalogue(), scripts=ScriptLoader())
    agent.load()
    assert {each.path: each.state for each in agent.artefacts} == {
        "p/a.flow": "enabled",
        "p/odd.flow": "failed",
        "p/z.flow": "enabled",
    }
    (problem,) = agent.artefacts[1].problems
    assert (problem.code, problem.place.file) == (code, "p/odd.flow")


def test_what_is_passed_over_is_told(flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output("a")]})
    (flows.folder / "p" / "link.flow").symlink_to("/dev/null")
    agent = Agent(FolderSource(flows.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    assert [(each.path, each.state) for each in agent.artefacts] == [("p/a.flow", "enabled"), ("p/link.flow", "failed")]
    assert "a link that leads out of the folder" in str(agent.artefacts[1].problems[0])


@pytest.mark.parametrize("path", ["/a/../b", "/..", "/./b", "/{x}/{x}", "/a\\b", "/a b", "/{x}/c/{x}"])
def test_a_path_that_no_address_has_is_refused(flows: Flows, path: str) -> None:
    (problem,) = flows.problems([output("a")], path=path)
    assert "must be a path such as" in problem


@pytest.mark.parametrize("path", ["/a/.b/..c", "/{x}/{y}/x", "/...", "/a.b"])
def test_a_path_with_dots_and_names(flows: Flows, path: str) -> None:
    assert flows.problems([output("a")], path=path) == []


def test_it_tells_what_takes_websockets_alone(flows: Flows) -> None:
    flows.write("p/a.flow", {"websocket": {}, "steps": [output("a")]})
    flows.write("p/b.flow", {"events": {}, "steps": [output("b")]})
    agent = Agent(FolderSource(flows.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    assert [each.upgrades for each in agent.artefacts] == [True, False]
