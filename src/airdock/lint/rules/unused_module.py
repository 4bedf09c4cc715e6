"""Script modules that nothing uses."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from airdock.errors import Place
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.unusedModule"
_TESTS = re.compile(r"test_.*|.*_test|.*\.test|conftest|__init__")


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    path = PurePosixPath(subject.path)
    if subject.kind or path.suffix not in (".py", ".js") or _TESTS.fullmatch(path.stem):
        return
    # What could not be read may name it.
    if None in landscape.models.values():
        return
    if any(subject.path in landscape.facts(each).scripts for each in landscape.models):
        return
    word = re.compile(rf"\b{re.escape(path.stem)}\b")
    if not any(word.search(text) for other, text in landscape.script_texts.items() if other != subject.path):
        yield Finding("no step, job, listener or script uses this module", Place(subject.file, 1, 1))
