"""Charts as pictures."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from airdock.builtin import catalogue
from airdock.cli.drawing import flow_chart, to_svg

SVG = "{http://www.w3.org/2000/svg}"


def draw(*steps: object, title: str = "GET shop/a.flow", **flow: object) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg(flow_chart({"steps": list(steps), **flow}, catalogue(), title)))


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_everything_is_written_in_it() -> None:
    root = draw(
        {
            "type": "condition",
            "name": "who",
            "cases": [{"key": "name", "value": "Joe", "flow": {"steps": [{"type": "stop"}]}}],
        },
        {"type": "output", "message": "<b> & ${a}"},
        onError=[{"on": ["http.*"], "steps": [{"type": "log", "message": "oh"}]}],
    )
    assert set(texts(root)) == {
        "GET shop/a.flow", "conditionwho", "name = Joe", "otherwise", "stop", "output", "<b> & ${a}", "answer",
        "onError http.*", "log", "oh",
    }  # fmt: skip
    assert root.findtext(f"{SVG}title") == "GET shop/a.flow"


def test_everything_is_inside_the_picture() -> None:
    root = draw(*[{"type": "try", "steps": [{"type": "log", "message": "x" * 99}], "catch": [{"steps": []}]}] * 3)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter(f"{SVG}rect"):
        x, y = float(box.get("x", 0)), float(box.get("y", 0))
        assert x >= 0
        assert y >= 0
        assert x + float(box.attrib["width"]) <= width + 1
        assert y + float(box.attrib["height"]) <= height + 1


def test_nothing_answers_behind_a_stop() -> None:
    assert "answer" not in texts(draw({"type": "stop"}))


@given(st.text(), st.text())
def test_any_text_gives_a_well_formed_picture(title: str, message: str) -> None:
    draw({"type": "log", "name": message, "message": message}, title=title)
