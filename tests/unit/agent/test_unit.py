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
