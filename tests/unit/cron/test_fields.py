import pytest

from airdock.cron.errors import CronError
from airdock.cron.fields import DAY_OF_MONTH, DAY_OF_WEEK, HOURS, MONTH, SECONDS, YEAR, Field, value_of, values_of


@pytest.mark.parametrize(
    ("field", "item", "values"),
    [
        (SECONDS, "*", list(range(60))),
        (SECONDS, "5", [5]),
        (SECONDS, "5/15", [5, 20, 35, 50]),
        (SECONDS, "/30", [0, 30]),
        (SECONDS, "10-20/5", [10, 15, 20]),
        (HOURS, "22-2", [22, 23, 0, 1, 2]),
        (HOURS, "20-4/4", [20, 0, 4]),
        (MONTH, "NOV-FEB", [11, 12, 1, 2]),
        (MONTH, "JAN", [1]),
        (DAY_OF_MONTH, "30-2", [30, 31, 1, 2]),
        (DAY_OF_WEEK, "FRI-MON", [6, 7, 1, 2]),
        (YEAR, "2026-2028", [2026, 2027, 2028]),
    ],
)
def test_an_entry_stands_for_values(field: Field, item: str, values: list[int]) -> None:
    assert values_of(field, item, 0) == values


def test_words_are_told_with_the_nearest_one() -> None:
    with pytest.raises(CronError, match="month must be a number from 1 to 12, or JAN to DEC, not 'JUNE'") as caught:
        value_of(MONTH, "JUNE", 8)
    assert (caught.value.offset, caught.value.hint) == (8, "did you mean 'JUN'?")


@pytest.mark.parametrize(
    ("field", "word", "hint"),
    [
        (DAY_OF_WEEK, "0", "days are counted from 1, which is SUN, to 7, which is SAT"),
        (HOURS, "24", "midnight is 0"),
        (SECONDS, "60", "minutes and seconds end at 59"),
        (HOURS, "?", "'?' is for day of month or day of week; '*' is any value"),
        (HOURS, "LW", "'L' is for day of month and day of week, 'W' for day of month"),
        (DAY_OF_WEEK, "THR", "did you mean 'THU'?"),
    ],
)
def test_a_wrong_word_has_a_hint(field: Field, word: str, hint: str) -> None:
    with pytest.raises(CronError) as caught:
        value_of(field, word, 0)
    assert caught.value.hint == hint


def test_years_do_not_go_round() -> None:
    with pytest.raises(CronError, match="go backwards"):
        values_of(YEAR, "2030-2029", 0)
