"""Answers that were written down, to be compared with: `__snapshots__/order.test.snap` beside `order.test.yaml`."""

from pathlib import Path
from typing import Any

import msgspec

from airdock.errors import Place
from airdock.testing.runner.compare import difference, same
from airdock.testing.runner.player import Answered
from airdock.testing.runner.results import Failure

FOLDER = "__snapshots__"
ADVICE = "`airdock test --update-snapshots` writes it down"


class Snapshots:
    """The snapshots of one file of tests."""

    def __init__(self, file: Path, update: bool) -> None:
        """`file` is that of the tests. `update`: what differs is written down anew, by `save`."""
        name = file.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".json")
        self.file = file.parent / FOLDER / f"{name}.snap"
        self._update = update
        self._used: set[str] = set()
        self._changed = False
        self.problem = ""
        self._kept: dict[str, Any] = {}
        try:
            self._kept = msgspec.json.decode(self.file.read_bytes(), type=dict[str, Any])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.DecodeError) as error:
            self.problem = f"{self.file} cannot be read: {error}"

    def check(self, name: str, answered: Answered, place: Place) -> Failure | None:
        """Compares an answer with the snapshot of that name; `place` is where that is asked for."""
        found = _document(answered)
        self._used.add(name)
        if self._update:
            if name not in self._kept or not same(self._kept[name], found):
                self._kept[name] = found
                self._changed = True
            return None
        if self.problem:
            return Failure(place, self.problem)
        if name not in self._kept:
            return Failure(place, f"there is no snapshot yet: {ADVICE}", difference(None, found)[1:])
        if same(self._kept[name], found):
            return None
        return Failure(place, f"the answer is not that of the snapshot: {ADVICE}", difference(self._kept[name], found))

    def save(self, whole: bool) -> None:
        """Writes down what changed; `whole`: all tests of the file ran, so that snapshots that none used go.

        Raises:
            OSError: the file cannot be written.
        """
        gone = [name for name in self._kept if name not in self._used] if whole else []
        if not self._update or not (self._changed or gone):
            return
        kept = {name: self._kept[name] for name in sorted(self._kept) if name not in gone}
        if not kept:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")


def _document(answered: Answered) -> dict[str, Any]:
    """What is written down of an answer: nothing that another run of the same would have otherwise."""
    document: dict[str, Any] = {"status": answered.status, "contentType": answered.headers.get("content-type")}
    try:
        return {**document, "json": answered.json()}
    except msgspec.DecodeError:
        return {**document, "text": answered.text}
