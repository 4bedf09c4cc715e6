"""Against a model that looks at every minute."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from airdock.cron import next_fire, next_fires, parse_cron

MINUTE = 60
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
CHANGES = (
    "2026-03-28T20:00",  # Berlin forward
    "2026-10-24T20:00",  # Berlin back
    "2026-03-08T00:00",  # New York forward
    "2026-10-31T22:00",  # New York back
    "2026-04-04T08:00",  # Lord Howe back
    "2026-10-03T08:00",  # Lord Howe forward
    "2011-12-30T02:00",  # Apia passes over a day
    "2026-06-10T12:00",
)


def model(minutes: set[int], hours: set[int], after: int, until: int, zone: ZoneInfo) -> list[int]:
    """The minutes at which the clock shows one of the times; a second time only where it goes on every hour."""
    found = []
    for instant in range(after - after % MINUTE + MINUTE, until, MINUTE):
        local = datetime.fromtimestamp(instant, zone)
        if local.minute in minutes and local.hour in hours and (local.fold == 0 or len(hours) == 24):
            found.append(instant)
    return found


@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=6),
    hours=st.one_of(st.just(set(range(24))), st.sets(st.integers(0, 23), min_size=1, max_size=5)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=st.sampled_from(CHANGES).map(datetime.fromisoformat),
    later=st.integers(0, 8 * 3600),
)
def test_it_fires_when_the_clock_shows_it(
    minutes: set[int], hours: set[int], zone: ZoneInfo, start: datetime, later: int
) -> None:
    after = int(start.replace(tzinfo=UTC).timestamp()) + later
    expected = model(minutes, hours, after, after + 36 * 3600, zone)
    expression = parse_cron(f"0 {','.join(map(str, minutes))} {','.join(map(str, hours))} * * ?")
    assert list(islice(next_fires(expression, after, zone), len(expected))) == expected


@given(
    days=st.sampled_from(["* * ?", "L * ?", "LW * ?", "15W * ?", "L-3 2 ?", "? * 6L", "? * 2#1", "? 3 7", "29 2 ?"]),
    start=st.datetimes(datetime(1970, 1, 1), datetime(2090, 1, 1)),
)
def test_times_grow_and_the_next_of_any_moment_between_is_the_later(days: str, start: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    expression = parse_cron(f"0 30 2 {days}")
    first, second = islice(next_fires(expression, start.replace(tzinfo=UTC).timestamp(), zone), 2)
    assert start.replace(tzinfo=UTC).timestamp() < first < second
    assert next_fire(expression, second - 1, zone) == second
    assert next_fire(expression, (first + second) / 2, zone) == second


def test_parts_of_a_second_are_behind_it() -> None:
    expression, zone = parse_cron("* * * * * ?"), ZoneInfo("UTC")
    assert next_fire(expression, 10.0, zone) == 11.0
    assert next_fire(expression, 10.999, zone) == 11.0


def test_an_expression_ends() -> None:
    end = datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert next_fire(parse_cron("* * * * * ?"), end.timestamp(), ZoneInfo("UTC")) is None
    later = (end + timedelta(days=365)).timestamp()
    assert next_fire(parse_cron("* * * * * ?"), later, ZoneInfo("UTC")) is None
    assert next_fire(parse_cron("* * * * * ?"), 1e300, ZoneInfo("UTC")) is None
