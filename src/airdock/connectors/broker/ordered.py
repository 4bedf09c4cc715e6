"""Acknowledgements in the order in which messages came, whatever the order in which they were worked off."""

from collections import OrderedDict
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Ordered(Generic[Item]):
    """What came and was not acknowledged yet, by marks that differ."""

    def __init__(self) -> None:
        self._open: OrderedDict[Item, bool] = OrderedDict()

    def came(self, item: Item) -> None:
        self._open[item] = False

    def done(self, item: Item) -> list[Item]:
        """One was worked off; gives those that may be acknowledged now, as none before them is open any more."""
        if item not in self._open:
            return []
        self._open[item] = True
        ready = []
        for each, worked_off in self._open.items():
            if not worked_off:
                break
            ready.append(each)
        for each in ready:
            del self._open[each]
        return ready
