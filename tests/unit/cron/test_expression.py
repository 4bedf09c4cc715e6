from datetime import datetime

from airdock.cron import parse_cron


def test_the_next_time_is_at_or_behind_a_second() -> None:
    expression = parse_cron("30 15 10 * * ?")
    assert expression.next_wall(datetime(2026, 1, 1, 10, 15, 30)) == datetime(2026, 1, 1, 10, 15, 30)
    assert expression.next_wall(datetime(2026, 1, 1, 10, 15, 31)) == datetime(2026, 1, 2, 10, 15, 30)


def test_there_is_none_behind_the_last_year() -> None:
    assert parse_cron("0 0 0 1 1 ? 2005").next_wall(datetime(2006, 1, 1)) is None


def test_blanks_and_case_make_no_difference() -> None:
    assert parse_cron(" 0 0  0 ? jan\tmon ").normal == parse_cron("0 0 0 ? JAN MON").normal == "0 0 0 ? JAN MON"
    assert repr(parse_cron("0 0 0 ? 1 2")) == "CronExpression('0 0 0 ? 1 2')"


def test_every_hour_is_all_of_them() -> None:
    assert parse_cron("0 0 0/1 * * ?").every_hour
    assert not parse_cron("0 0 0/2 * * ?").every_hour
