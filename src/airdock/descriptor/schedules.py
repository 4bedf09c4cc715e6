"""Reading of cron expressions and time zones; a fault is reported at its character in the author's file."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from airdock.cron import CronError, parse_cron
from airdock.descriptor.inside import place_inside
from airdock.descriptor.names import nearest
from airdock.descriptor.problems import shown
from airdock.descriptor.reading import Reading, label
from airdock.descriptor.tree import Node
from airdock.spec import kinds


def read_cron(reading: Reading, kind: kinds.Cron, node: Node) -> Any:
    if not isinstance(node.value, str):
        return reading.wrong_type(node, 'a cron expression such as "0 0/5 * * * ?"')
    try:
        return parse_cron(node.value)
    except CronError as error:
        place = place_inside(node, error.offset)
        return reading.refuse("descriptor.value", node, f"{label(node)}: {error}", error.hint, place)


def read_time_zone(reading: Reading, kind: kinds.TimeZone, node: Node) -> Any:
    if not isinstance(node.value, str):
        return reading.wrong_type(node, 'the name of a time zone such as "Europe/Berlin"')
    try:
        ZoneInfo(node.value)
    except (KeyError, ValueError, OSError):
        name = node.value
        meant = next((zone for zone in _zones() if zone.rpartition("/")[2].lower() == name.lower()), "")
        meant = meant or nearest(name, _zones())
        suggestion = f"did you mean '{meant}'?" if meant else 'it is named by area and place, such as "Europe/Berlin"'
        return reading.refuse("descriptor.value", node, f"there is no time zone {shown(name)}", suggestion)
    return node.value


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())
