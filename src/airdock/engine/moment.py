"""What a run takes along from the moment at which it begins, so that it ends as it began whatever is published then."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from airdock.exchange import Step

NO_FLOWS: Mapping[str, Step] = MappingProxyType({})


class Moment(NamedTuple):
    """What is in force for the flows of one project.

    Attributes:
        release: The project's release; None where there are none.
        flows: The bodies of all flows, by the key that their callers have.
    """

    release: int | None = None
    flows: Mapping[str, Step] = NO_FLOWS


class Present:
    """The moment of now, for runs that begin; shared by the flows of one project, and set when others take over."""

    __slots__ = ("__weakref__", "moment")

    def __init__(self, moment: Moment = Moment()) -> None:  # noqa: B008 -- it never changes
        self.moment = moment
