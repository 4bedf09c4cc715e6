"""The program `airdock`, run in this process."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any, NamedTuple

import pytest

from airdock.cli.app import build_app


class Ended(NamedTuple):
    """How a call of the program ended, and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Program = Callable[..., Ended]


def program_with(capsys: pytest.CaptureFixture[str]) -> Program:
    """Runs the program with some arguments."""

    def run(*arguments: object, input: str | None = None) -> Ended:
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            if input is not None:
                patch.setattr("sys.stdin", StringIO(input))
            with pytest.raises(SystemExit) as ended:
                build_app()([str(each) for each in arguments])
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run
