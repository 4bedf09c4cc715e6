"""Quartz cron expressions: reading them, and the times at which they fire."""

from airdock.cron.errors import CronError
from airdock.cron.expression import CronExpression
from airdock.cron.parser import parse_cron
from airdock.cron.zones import next_fire, next_fires

__all__ = ["CronError", "CronExpression", "next_fire", "next_fires", "parse_cron"]
