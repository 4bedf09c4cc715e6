"""For the tests of flow authors: a folder of descriptors, called without a server, and its flow tests."""

from airdock.testing.calls import Call
from airdock.testing.client import FlowClient, Result
from airdock.testing.recording import RecordedRun
from airdock.testing.runner.results import CaseResult, Failure, FileResult, TestReport
from airdock.testing.runner.runner import run_tests
from airdock.testing.trace import Trace, TracedStep

__all__ = [
    "Call",
    "CaseResult",
    "Failure",
    "FileResult",
    "FlowClient",
    "RecordedRun",
    "Result",
    "TestReport",
    "Trace",
    "TracedStep",
    "run_tests",
]
