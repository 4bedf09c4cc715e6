from typing import Any

import pytest

from airdock.lint.rules.unused_module import CODE
from tests.unit.lint.finding import OUTPUT, problems_in


def told(**files: Any) -> list[str]:
    named = {f"p/{name.replace('_', '.')}": content for name, content in files.items()}
    return [each.place.file for each in problems_in(named) if each.code == CODE]


def test_a_module_that_nothing_uses() -> None:
    assert told(a_flow={"steps": [OUTPUT]}, prices_py="", lib_js="", data_json="{}") == ["p/lib.js", "p/prices.py"]


@pytest.mark.parametrize("name", ["test_a.py", "conftest.py", "__init__.py", "a.test.js"])
def test_files_that_others_than_flows_use(name: str) -> None:
    assert problems_in({f"p/{name}": "", "p/a.flow": {"steps": []}}) == []


def test_what_uses_a_module() -> None:
    step = {"type": "javascript", "module": "/p/a.js"}
    assert told(a_flow={"steps": [step]}, a_js="require('p/lib')", lib_js="") == []
    job = {"expression": "0 0 0 * * ?", "type": "python", "module": "/p/s.py"}
    assert told(nightly_job=job, s_py="from lib import x", lib_py="") == []


def test_a_descriptor_that_cannot_be_read_may_use_any() -> None:
    assert told(a_flow="broken", prices_py="") == []


def test_a_comment_anywhere_in_the_module_silences_it() -> None:
    text = '"""A client."""\n\n# airdock: ignore lint.unusedModule -- run by hand\n'
    assert problems_in({"p/send.py": text}) == []
    assert problems_in({"p/send.js": "// airdock: ignore lint.unusedModule\n"}) == []
