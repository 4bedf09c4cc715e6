import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.cron import CronError, parse_cron
from airdock.cron.parser import LONGEST


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0 9 * * 1", "did you mean '0 0 9 ? * 1'?; days of the week are counted from 1, which is SUN"),
        ("*/5 * * * *", "did you mean '0 */5 * * * ?'?"),
        ("0 9 1 * *", "did you mean '0 0 9 1 * ?'?"),
        ("0 9 1 * MON", "put the seconds in front"),
        ("0 9", ""),
    ],
)
def test_an_expression_of_another_cron_is_told_what_it_would_be(text: str, hint: str) -> None:
    with pytest.raises(CronError) as caught:
        parse_cron(text)
    assert caught.value.hint == hint


def test_the_question_mark_is_put_where_it_belongs() -> None:
    with pytest.raises(CronError) as caught:
        parse_cron("0 0 12 * * *")
    assert caught.value.hint == "write '?' as the day of week"
    with pytest.raises(CronError) as caught:
        parse_cron("0 0 12 * * MON")
    assert caught.value.hint == "write '?' as the day of month"


def test_an_expression_is_not_endless() -> None:
    with pytest.raises(CronError, match="at most 1000 characters"):
        parse_cron("0," * LONGEST + "0 * * * * ?")


@given(st.lists(st.text("0123456789*?/-,LW#ADEFJNOMSTU ", max_size=8), min_size=5, max_size=8))
def test_any_text_is_an_expression_or_refused_at_a_place_in_it(fields: list[str]) -> None:
    text = " ".join(fields)
    offset = 0
    try:
        parse_cron(text)
    except CronError as error:
        offset = error.offset
    assert 0 <= offset <= len(text)
