import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from airdock.runlog.known_values import SHORTEST, KnownValues
from airdock.runlog.masking import MASK, Masker
from airdock.runlog.preview import preview, short_text

VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=SHORTEST, max_size=40)


def masker(*values: str) -> Masker:
    return Masker(values=lambda: values)


@given(VALUES, st.text(max_size=20), st.text(max_size=20))
def test_value_is_masked_wherever_it_stands(value: str, before: str, after: str) -> None:
    assert value not in KnownValues(lambda: (value,)).masked(before + value + after, MASK)


def test_value_is_masked_as_json_and_addresses_have_it() -> None:
    value = 'p"ä/ s\n6'
    for written in (value, json.dumps(value), json.dumps(value, ensure_ascii=False), quote(value), quote(value, "")):
        shown = masker(value).text(f"so {written} it is")
        assert "s\n6" not in shown
        assert "6" not in shown


def test_longer_value_goes_before_one_that_it_holds() -> None:
    assert masker("secret", "secret-two").text("a secret-two and secret") == f"a {MASK} and {MASK}"


def test_short_value_is_left() -> None:
    assert masker("12345").text("12345") == "12345"


def test_value_that_a_cut_goes_through_is_masked() -> None:
    value = "".join(f"{number:x}-" for number in range(12_000))
    shown = short_text(masker(value), "x" * 90 + value + "end", 100)
    assert shown.startswith("x" * 90 + MASK)
    assert "0-1-2" not in shown
    whole = masker(value).text(f"{value},{value}.")
    assert whole == f"{MASK},{MASK}."


def test_values_that_become_known_later_are_masked() -> None:
    known: list[tuple[str, ...]] = [()]
    later = Masker(values=lambda: known[0])
    assert preview(later, {"note": "hunter2!"}, 100) == {"note": "hunter2!"}
    known[0] = ("hunter2!",)
    assert preview(later, {"note": "hunter2!", "hunter2!": 1}, 100) == {"note": MASK, MASK: 1}
