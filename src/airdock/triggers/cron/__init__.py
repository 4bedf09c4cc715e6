"""Jobs: runs by a schedule."""

from airdock.triggers.cron.jobs import Jobs
from airdock.triggers.cron.state import JobState
from airdock.triggers.cron.store import JobStore

__all__ = ["JobState", "JobStore", "Jobs"]
