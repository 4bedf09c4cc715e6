"""For the tests of flow authors: a folder of descriptors, called without a server."""

from airdock.testing.client import FlowClient, Result
from airdock.testing.recording import RecordedRun

__all__ = ["FlowClient", "RecordedRun", "Result"]
