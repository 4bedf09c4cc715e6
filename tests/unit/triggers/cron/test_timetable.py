from typing import Any

import pytest

from airdock.cron import parse_cron
from airdock.spec.descriptors import Job
from airdock.triggers.cron.timetable import MOST_MADE_UP, Timetable, schedule_of


def job(expression: str = "* * * * * ?", **fields: Any) -> Job:
    return Job(expression=parse_cron(expression), steps=[], **fields)


def test_the_next_fire_is_behind_those_that_have_come() -> None:
    timetable = Timetable("a.job", job(), 100)
    assert timetable.next == 101
    assert timetable.come(101) == ([101], 0)
    assert timetable.next == 102


@pytest.mark.parametrize(("misfire", "run"), [("skip", 1), ("once", 1), ("all", MOST_MADE_UP)])
def test_of_many_that_have_come_few_are_run(misfire: str, run: int) -> None:
    timetable = Timetable("a.job", job(misfire=misfire), 0)
    come = timetable.come(500)
    assert (len(come.run), come.missed, come.run[-1]) == (run, 500 - run, 500)


def test_years_are_passed_over_in_no_time() -> None:
    timetable = Timetable("a.job", job(), 0)
    timetable.come(1e9)
    assert timetable.next == 1e9 + 1


def test_what_is_late_is_not_run_with_skip() -> None:
    assert Timetable("a.job", job("0 * * * * ?", misfire="skip"), 0).come(66) == ([], 1)
    assert Timetable("a.job", job("0 * * * * ?", misfire="skip"), 0).come(64) == ([60], 0)


def test_jitter_is_the_same_in_every_process() -> None:
    first, second = (Timetable("a.job", job("0 * * * * ?", jitter=30.0), 0) for _ in range(2))
    assert first.at == second.at
    assert 60 <= first.at < 90
    assert first.at != Timetable("b.job", job("0 * * * * ?", jitter=30.0), 0).at


def test_a_schedule_is_its_expression_and_zone() -> None:
    assert schedule_of(job("0 0 0 ? jan  mon")) == schedule_of(job("0 0 0 ? JAN MON")) == "0 0 0 ? JAN MON UTC"
