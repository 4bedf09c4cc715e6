import pytest

from airdock.errors import Place
from airdock.spec import kinds
from airdock.spec.fields import REQUIRED, Spec, field


class Element(Spec):
    """An element."""

    max_size: int = field(kinds.Size(), "Size.", default=REQUIRED)
    else_: list[str] = field(kinds.ListOf(kinds.Text()), "Else.", name="else", default=[])


class Wider(Element):
    """One with a field more."""

    else_: list[str] = field(kinds.ListOf(kinds.Text(), 1), "Else.", name="else", default=["a"])
    more: str = field(kinds.Text(), "More.", default="")


def test_names_are_in_camel_case_unless_given() -> None:
    assert list(Element.fields) == ["maxSize", "else"]
    assert Element.attributes == {"maxSize": "max_size", "else": "else_"}
    assert Element.fields["maxSize"].required
    assert not Element.fields["else"].required


def test_a_subclass_adds_and_replaces_fields() -> None:
    assert list(Wider.fields) == ["maxSize", "else", "more"]
    assert Wider(max_size=1).values() == {"maxSize": 1, "else": ["a"], "more": ""}
    assert "more" not in Element.fields


def test_defaults_are_not_shared() -> None:
    Element(max_size=1).else_.append("x")
    assert Element(max_size=1).else_ == []


def test_places() -> None:
    element = Element(max_size=1, place=Place("a", 1, 1), places={"maxSize": Place("a", 2, 3)})
    assert element.place_of("maxSize").line == 2
    assert element.place_of("else").line == 1


def test_mistakes_of_code_are_refused() -> None:
    with pytest.raises(TypeError, match="needs max_size"):
        Element()
    with pytest.raises(TypeError, match="has no field size"):
        Element(max_size=1, size=2)
