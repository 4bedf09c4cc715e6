"""For the tests of flow authors: a folder of descriptors, called without a server."""

from airdock.testing.client import FlowClient, Result
from airdock.testing.recording import RecordedRun
from airdock.testing.trace import Trace, TracedStep

__all__ = ["FlowClient", "RecordedRun", "Result", "Trace", "TracedStep"]
