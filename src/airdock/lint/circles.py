"""Circles in what calls what."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

_MOST_SHOWN = 8


def circles_of(calls: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """For each name that is in a circle, all that are in circles with it: strongly connected components (Tarjan)."""
    return _Search(calls).circles


def way_back(start: str, calls: Callable[[str], Iterable[str]]) -> list[str]:
    """The shortest way from a name to itself, without its end; empty where there is none."""
    before: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for name in calls(at):
            if name == start:
                return _walked(before, start, at)
            if name not in before:
                before[name] = at
                waiting.append(name)
    return []


def shown_way(way: Sequence[str]) -> str:
    """A way for people; of a long one its ends."""
    names = [f"/{name}" for name in way]
    if len(names) > _MOST_SHOWN:
        names[_MOST_SHOWN // 2 : -_MOST_SHOWN // 2] = ["…"]
    return " → ".join(names)


def _walked(before: Mapping[str, str], start: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


class _Search:
    """The search, without recursion: flows may call each other as deep as they like."""

    def __init__(self, calls: Mapping[str, Collection[str]]) -> None:
        self.circles: dict[str, frozenset[str]] = {}
        self._calls = calls
        self._number: dict[str, int] = {}
        self._lowest: dict[str, int] = {}
        self._open: dict[str, None] = {}
        for name in calls:
            if name not in self._number:
                self._visit(name)

    def _visit(self, first: str) -> None:
        path = [(first, self._enter(first))]
        while path:
            name, rest = path[-1]
            called = next(rest, None)
            if called is None:
                path.pop()
                self._leave(name)
                if path:
                    above = path[-1][0]
                    self._lowest[above] = min(self._lowest[above], self._lowest[name])
            elif called in self._open:
                self._lowest[name] = min(self._lowest[name], self._number[called])
            elif called not in self._number and called in self._calls:
                path.append((called, self._enter(called)))

    def _enter(self, name: str) -> Iterator[str]:
        self._number[name] = self._lowest[name] = len(self._number)
        self._open[name] = None
        return iter(self._calls[name])

    def _leave(self, name: str) -> None:
        if self._lowest[name] != self._number[name]:
            return
        members: list[str] = []
        while not members or members[-1] != name:
            members.append(self._open.popitem()[0])
        if len(members) > 1 or name in self._calls[name]:
            circle = frozenset(members)
            self.circles.update(dict.fromkeys(members, circle))
