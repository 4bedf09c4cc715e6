"""Which roles an address asks for, by the rules of `.access` files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from unicodedata import normalize

from airdock.errors import Problem
from airdock.spec.descriptors import AccessRule
from airdock.spec.flow import METHODS
from airdock.triggers.http.paths import FLOWS, check_plain, fold

Demands = tuple[frozenset[str], ...]
"""Sets of roles; a caller needs a role of each. Empty: the address is open."""

_UNKNOWN = ""
"""Stands for every method that is none of `METHODS`."""


class LocationRules:
    """The rules of all `.access` files, for every address and method.

    The most specific location counts, and a location is compared in two ways: as it is written, and as a careless
    reader would take it, without regard to case, look-alike characters, and further escapes. What a path asks for in
    either way is asked for, so that no other spelling of it leads around a rule.
    """

    def __init__(self, rules: Iterable[AccessRule] = ()) -> None:
        rules = list(rules)
        self._is_empty = not rules
        self._exact = _Index(rules, _composed)
        self._folded = _Index(rules, fold)

    def demands(self, path: str, method: str) -> Demands:
        """What a path below `/services/flow` asks for."""
        if self._is_empty:
            return ()
        exact, folded = self._exact.roles(path, method), self._folded.roles(path, method)
        return tuple({roles: None for roles in (exact, folded) if roles is not None})

    def reach_below(self, path: str) -> bool:
        """Whether a rule is for a location below a path, so that not all that is below it is alike."""
        return self._exact.reaches_below(path) or self._folded.reaches_below(path)


class Access:
    """What the rules ask for at the addresses of one flow: worked out beforehand, but where parameters decide.

    A flow with a `path` of its own has two addresses, and whoever asks at one of them needs what either asks for: else
    the one would lead around the rule for the other.
    """

    __slots__ = ("_by_method", "_rules")

    def __init__(self, rules: LocationRules, addresses: Sequence[str], asked: str) -> None:
        """
        Args:
            addresses: All of the flow's, `/services/flow/p/orders/{id}`. asked: That of them that is asked.
        """
        self._rules = rules if "{" in asked and rules.reach_below(_head(asked)) else None
        heads = {_head(address) for address in addresses if address != asked or self._rules is None}
        self._by_method = {
            method: _merged(rules.demands(head, method) for head in sorted(heads)) for method in (*METHODS, _UNKNOWN)
        }

    def demands(self, path: str, method: str) -> Demands:
        """What a request asks for: its path as it is looked up, with values in place of parameters.

        Raises:
            FlowError: `request.path`, a rule may be meant for the path, and it has no plain form.
        """
        found = self._by_method.get(method)
        if found is None:
            found = self._by_method[_UNKNOWN]
        if self._rules is None:
            return found
        path = path.removeprefix(FLOWS)
        check_plain(path)
        return _merged((found, self._rules.demands(path, method)))

    @property
    def is_open(self) -> bool:
        """Whether nothing is ever asked for."""
        return self._rules is None and not any(self._by_method.values())


def misplaced(rules: Iterable[AccessRule], project: str) -> list[Problem]:
    """The problems of rules that are for other locations than those of their project; a file at the root may name all.

    Args:
        project: That of the file with the rules, empty at the root.
    """
    return [_misplaced(rule, project) for rule in rules if project and not _is_below(rule.location, project)]


def _is_below(location: str, project: str) -> bool:
    return f"{location.rstrip('/')}/".startswith(f"/{project}/")


def _misplaced(rule: AccessRule, project: str) -> Problem:
    message = f"`location` is outside the project: {rule.location}"
    hint = f"a rule of this project begins with /{project}; put one for others in an .access file at the root"
    return Problem("descriptor.conflict", message, rule.place_of("location"), hint)


def _head(address: str) -> str:
    """The part of an address that every request for it has, below `/services/flow`."""
    return address.removeprefix(FLOWS).partition("/{")[0]


def _merged(demands: Iterable[Demands]) -> Demands:
    return tuple({roles: None for each in demands for roles in each})


class _Index:
    """Rules by their location, spelled in one way."""

    def __init__(self, rules: Iterable[AccessRule], spell: Callable[[str], str]) -> None:
        self._spell = spell
        self._rules: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
        for rule in rules:
            roles = frozenset(role.role for role in rule.roles)
            self._rules.setdefault(self._location(rule.location), []).append((_methods(rule), roles))
        self._deepest = max((location.count("/") for location in self._rules), default=0)

    def roles(self, path: str, method: str) -> frozenset[str] | None:
        """The roles that the most specific location asks for; None where no rule is for the method."""
        if method not in METHODS:
            method = _UNKNOWN
        for location in self._upwards(self._spell(path)):
            found = [roles for methods, roles in self._rules.get(location, ()) if method in methods]
            if found:
                return frozenset[str]().union(*found)
        return None

    def reaches_below(self, path: str) -> bool:
        above = f"{self._location(path)}/"
        return any(location.startswith(above) for location in self._rules)

    def _location(self, path: str) -> str:
        return self._spell(path).rstrip("/")

    def _upwards(self, path: str) -> Iterator[str]:
        """The path and what is above it, from the deepest that any rule is for; the root is empty."""
        parts = path.split("/", self._deepest + 1)[: self._deepest + 1]
        return ("/".join(parts[:count]) for count in range(len(parts), 0, -1))


def _composed(path: str) -> str:
    return normalize("NFC", path)


def _methods(rule: AccessRule) -> frozenset[str]:
    if not rule.methods:
        return frozenset((*METHODS, _UNKNOWN))
    # Of an extension's method nobody knows what it does: it does not lead around the rule.
    return frozenset((*rule.methods, _UNKNOWN, *(["HEAD"] if "GET" in rule.methods else [])))


OPEN = Access(LocationRules(), (), "")
"""For addresses without rules."""
