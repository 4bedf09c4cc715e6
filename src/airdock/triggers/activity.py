"""Jobs and listeners as their triggers have them: a declaration, and the pipeline that it starts."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from airdock.exchange import Exchange
from airdock.request import Request
from airdock.spec.descriptors import Job, Listener

Model = TypeVar("Model", Job, Listener)


class Runnable(Protocol):
    """What an activity starts, as `airdock.engine.pipeline.Pipeline` is."""

    name: str
    project: str

    def exchange(self, request: Request) -> Exchange:
        """A new exchange, with a run id of its own."""

    def run(self, exchange: Exchange, reply: Callable[[Exchange], Any]) -> Awaitable[None] | None:
        """Runs once; raises FlowError."""


class Activity(NamedTuple, Generic[Model]):
    """A job or a listener that is enabled.

    Attributes:
        name: Among those of all spaces: `project/nightly.job`, in a sandbox `~user/project/nightly.job`.
        model: Its declaration; another object whenever it was compiled anew. pipeline: What it starts.
        owner: Whose sandbox it is in; empty for the registry.
    """

    name: str
    model: Model
    pipeline: Runnable
    owner: str = ""
