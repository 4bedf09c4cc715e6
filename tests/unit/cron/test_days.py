import pytest

from airdock.cron.days import Days, MonthDay


@pytest.mark.parametrize(
    ("rule", "year", "month", "day"),
    [
        (MonthDay(None), 2028, 2, 29),
        (MonthDay(None, 30), 2026, 1, 1),
        (MonthDay(None, 30), 2026, 2, None),
        (MonthDay(None, 0, True), 2026, 5, 29),  # the 31st is a Sunday
        (MonthDay(15, 0, True), 2026, 8, 14),  # a Saturday
        (MonthDay(15, 0, True), 2026, 2, 16),  # a Sunday
        (MonthDay(1, 0, True), 2026, 8, 3),  # a Saturday; the month is not left
        (MonthDay(31, 0, True), 2026, 4, None),
    ],
)
def test_a_rule_is_a_day_of_the_month(rule: MonthDay, year: int, month: int, day: int | None) -> None:
    assert Days(rules=(rule,)).of(year, month) == (() if day is None else (day,))


def test_days_of_the_week_are_all_the_last_or_the_how_manieth() -> None:
    friday = frozenset({4})
    assert Days(of_week=friday).of(2026, 1) == (2, 9, 16, 23, 30)
    assert Days(of_week=friday, which=-1).of(2026, 1) == (30,)
    assert Days(of_week=friday, which=3).of(2026, 1) == (16,)
    assert Days(of_week=friday, which=5).of(2026, 2) == ()


def test_days_beyond_the_month_are_none() -> None:
    assert Days(frozenset({1, 30, 31})).of(2026, 2) == (1,)
