"""Jobs: runs by a schedule."""

from airdock.triggers.cron.jobs import Jobs
from airdock.triggers.cron.requests import TOPIC as REQUESTED
from airdock.triggers.cron.state import JobState
from airdock.triggers.cron.store import JobStore

__all__ = ["REQUESTED", "JobState", "JobStore", "Jobs"]
