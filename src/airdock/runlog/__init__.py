"""The run log: what every run did, written beside the runs and read by the command line, the API and the metrics."""

from airdock.runlog.flowlog import FlowLog
from airdock.runlog.log import RunLog
from airdock.runlog.masking import Masker
from airdock.runlog.records import (
    BOUNDS,
    ExchangeRecord,
    FlowCounters,
    RunError,
    RunningRun,
    RunRecord,
    RunSummary,
    StepRecord,
)
from airdock.runlog.schema import RunLogError
from airdock.runlog.settings import RunLogSettings
from airdock.runlog.snapshot import Snapshot
from airdock.runlog.store import RunStore
from airdock.sealer import Sealer

__all__ = [
    "BOUNDS",
    "ExchangeRecord",
    "FlowCounters",
    "FlowLog",
    "Masker",
    "RunError",
    "RunLog",
    "RunLogError",
    "RunLogSettings",
    "RunRecord",
    "RunStore",
    "RunSummary",
    "RunningRun",
    "Sealer",
    "Snapshot",
    "StepRecord",
]
