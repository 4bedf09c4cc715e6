"""The declaration of flow tests: `*.test.json` and `*.test.yaml`."""

from airdock.spec.flow_test.flow_test import FlowCase, FlowTest

__all__ = ["FlowCase", "FlowTest"]
