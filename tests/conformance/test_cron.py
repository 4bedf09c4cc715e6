"""Cron expressions as Quartz reads them: what its documentation and its public tests say, and where clocks change."""

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from airdock.cron import CronError, next_fires, parse_cron

FOLDER = Path(__file__).parent / "cron"


def cases(*names: str) -> list[dict[str, Any]]:
    return [case for name in names for case in json.loads((FOLDER / f"{name}.json").read_text())]


@pytest.mark.parametrize("case", cases("documentation", "fires"), ids=lambda case: f"{case['expression']}")
def test_it_fires_at_these_times(case: dict[str, Any]) -> None:
    after = datetime.fromisoformat(case["after"]).replace(tzinfo=UTC).timestamp()
    expected = [each for each in case["fires"] if each is not None]
    found = next_fires(parse_cron(case["expression"]), after, ZoneInfo("UTC"))
    times = [
        datetime.fromtimestamp(each, UTC).replace(tzinfo=None).isoformat() for each in islice(found, len(expected))
    ]
    assert times == expected
    if None in case["fires"]:
        assert next(found, None) is None


@pytest.mark.parametrize("case", cases("zones"), ids=lambda case: f"{case['zone']} {case['expression']}")
def test_clocks_are_put_forward_and_back(case: dict[str, Any]) -> None:
    zone = ZoneInfo(case["zone"])
    after = datetime.fromisoformat(case["after"]).timestamp()
    found = islice(next_fires(parse_cron(case["expression"]), after, zone), len(case["fires"]))
    assert [datetime.fromtimestamp(each, zone).isoformat() for each in found] == case["fires"]


@pytest.mark.parametrize("case", cases("refused"), ids=lambda case: f"{case['expression']}")
def test_it_is_refused_with_the_place_and_what_was_expected(case: dict[str, Any]) -> None:
    with pytest.raises(CronError) as caught:
        parse_cron(case["expression"])
    assert case["says"] in str(caught.value)
    assert caught.value.offset == case["at"]
