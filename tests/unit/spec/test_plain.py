import pytest

from airdock.errors import DescriptorError, Place
from airdock.spec import kinds
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.plain import element_of

PLACE = Place("p/f.flow", 3, 9)


class Part(Spec):
    """A part."""

    size: int = field(kinds.Integer(1), "Size.", default=REQUIRED)


class Whole(Spec):
    """A whole."""

    parts: list[Part] = field(kinds.ListOf(kinds.Record(Part)), "Parts.", default=[])
    first: Part | None = field(kinds.Record(Part), "First.")
    name: str = field(kinds.Text(), "Name.", default="x")

    @classmethod
    def check(cls, element: "Whole") -> list[tuple[str, str]]:
        return [("name", "no `name` is bad")] if element.name == "bad" else []


def test_elements_in_elements() -> None:
    whole = element_of(Whole, b'{"parts": [{"size": 2}], "first": {"size": 1}}', PLACE, "/p/a.json")
    assert [part.size for part in whole.parts] == [2]
    assert whole.first is not None
    assert (whole.first.size, whole.name) == (1, "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "p/f.flow:3:9: /p/a.json is not JSON"),
        (b'{"parts": [{"size": 0}]}', "$.parts[0].size in /p/a.json: 0 is less than the minimum of 1"),
        (b'{"parts": [{}]}', "$.parts[0] in /p/a.json"),
        (b'{"nam": 1}', "$ in /p/a.json"),
        (b'{"name": "bad"}', "/p/a.json: no `name` is bad"),
    ],
)
def test_what_is_no_such_element(text: bytes, message: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        element_of(Whole, text, PLACE, "/p/a.json")
    assert message in str(caught.value)
    assert caught.value.problems[0].code == "descriptor.value"
