"""Several flows of one step, in place or by their paths."""

from pathlib import PurePosixPath
from typing import Any

from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Flow, ListOf, Module, OneOf
from airdock.spec.step import Compiled, Compiler, Step

FLOWS = ListOf(OneOf((Flow(), Module((".flow",)))), 1)
"""The kind of the field."""
FLOWS_EXAMPLE = [
    {"name": "stock", "steps": [{"type": "transform", "expression": '{"stock": 3}'}]},
    "/shop/price.flow",
]

SeveralFlows = list[SubFlow | str]


def names_of(flows: SeveralFlows) -> list[str]:
    """The name of each: its own, the stem of its path, else `flow` with its position, as in the paths of its steps."""
    return [
        (each.name if isinstance(each, SubFlow) else PurePosixPath(each).stem) or f"flow{position}"
        for position, each in enumerate(flows, 1)
    ]


def compiled_flows(step: Step, flows: SeveralFlows, compiler: Compiler, guarded: bool = False) -> list[Compiled]:
    """The flows, to run on the exchange that they are given.

    Args:
        guarded: Errors of those in place go to the step first, before handlers of the flow see them.

    Raises:
        DescriptorError: `descriptor.reference`, no such flow in the registry.
    """
    place = step.place_of("flows")
    return [
        compiler.flow(each, guarded) if isinstance(each, SubFlow) else compiler.flow_at(each, place) for each in flows
    ]


def check_names(flows: Any) -> list[tuple[str, str]]:
    """The rule that names stand once, for `Spec.check`."""
    names = names_of(flows)
    twice = next((name for name in names if names.count(name) > 1), None)
    return [] if twice is None else [("flows", f"two flows are named {twice!r}: name them apart")]
