import pytest

from airdock.connectors.finder import LinkFinder
from airdock.connectors.links import Links
from airdock.errors import DescriptorError, Place
from airdock.spec.connection import Connection
from airdock.testing.virtual import VirtualClock
from tests.unit.spec.doubles import Phone

LINE = Phone(number="555")


class Around:
    def connection(self, path: str) -> Connection | None:
        return LINE if path == "p/line.connection" else None

    def meant(self, path: str) -> str:
        return "did you mean 'p/line.connection'?"

    def flow_key(self, path: str) -> str:
        return f"~ann/{path}"


@pytest.fixture
def finder() -> LinkFinder:
    return LinkFinder(Links(VirtualClock()), Around())


def test_a_connection_is_found_under_its_name_among_all_spaces(finder: LinkFinder) -> None:
    assert finder.connection("p/line.connection", (Phone,), Place()).path == "~ann/p/line.connection"
    assert finder.declaration("p/line.connection", (Phone,), Place()) is LINE


def test_one_that_is_not_there_is_refused_with_what_was_meant(finder: LinkFinder) -> None:
    for find in (finder.connection, finder.declaration):
        with pytest.raises(DescriptorError) as caught:
            find("p/lien.connection", (Phone,), Place())
        (problem,) = caught.value.problems
        assert (problem.code, problem.hint) == ("descriptor.reference", "did you mean 'p/line.connection'?")


def test_one_of_another_type_is_refused(finder: LinkFinder) -> None:
    class Fax(Connection):
        """A fax."""

        type = "fax"

    with pytest.raises(DescriptorError, match="is a `phone` connection; `fax` is needed here"):
        finder.declaration("p/line.connection", (Fax,), Place())
