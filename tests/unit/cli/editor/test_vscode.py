"""The settings of editors, and the schemas that they lead to."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, Registry

from airdock.builtin import catalogue
from airdock.cli.editor.schemas import schema_file, schema_files
from airdock.cli.editor.vscode import SCHEMAS, settings, write_settings
from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems
from airdock.descriptor.reader import kind_of
from airdock.descriptor.tree import Source
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import DescriptorError
from airdock.spec.descriptors import DESCRIPTORS
from tests.structure.source import ROOT, tracked

FILES = schema_files(catalogue())
BASE = "file:///schemas/"
REGISTRY = Registry([(BASE + name, json.loads(text)) for name, text in FILES.items()])
FOLDERS = ("examples/", "src/airdock/cli/templates/")
EXAMPLES = [path for path in tracked() if path.relative_to(ROOT).as_posix().startswith(FOLDERS)]


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": BASE + schema_file(kind)}, registry=REGISTRY)


def kind_in(path: Path) -> str | None:
    """The kind of a file of the examples or the templates."""
    name = path.relative_to(ROOT).as_posix()
    folder = next(each for each in FOLDERS if name.startswith(each))
    return kind_of(name.removeprefix(folder))


def plain(path: Path) -> Any:
    parse = parse_yaml if path.suffix == ".yaml" else parse_json
    return parse(Source(path.name, path.read_text()), Problems()).plain()


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if kind_in(path)], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_example_is_good_by_its_schema(path: Path) -> None:
    kind = kind_in(path)
    assert kind
    assert [str(error.message)[:200] for error in validator(kind).iter_errors(plain(path))] == []


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        ("flow", {}),
        ("flow", {"steps": [{"type": "outptu", "message": "x"}]}),
        ("flow", {"steps": [{"type": "output", "mesage": "x"}]}),
        ("flow", {"steps": [{"type": "output"}]}),
        ("flow", {"steps": [{"type": "condition", "cases": [{"key": "a", "flow": {}}]}]}),
        ("flow", {"steps": [], "timeout": "soon"}),
        ("job", {"type": "python", "module": "/p/x.py"}),
        ("job", {"expression": "0 0 0 * * ?", "steps": [{"type": "output"}]}),
        ("listener", {"trigger": "smoke", "steps": [{"type": "stop"}]}),
        ("connection", {}),
        ("access", [{"location": "nowhere", "roles": []}]),
        ("project", {"lint": {"ignore": ["lint.none"]}}),
        ("project", {"onError": [{"steps": [{"type": "log"}]}]}),
    ],
)
def test_a_broken_descriptor_is_found(kind: str, broken: Any) -> None:
    assert not validator(kind).is_valid(broken)


def test_what_kinds_share_stands_in_one_file() -> None:
    assert set(FILES) == {schema_file(kind) for kind in DESCRIPTORS}
    assert '"flow.schema.json#/$defs/step"' in FILES["job.schema.json"]
    assert len(FILES["job.schema.json"]) < len(FILES["flow.schema.json"]) / 4


def test_each_example_gets_the_schema_of_its_kind() -> None:
    matches = {pattern: each["url"] for each in settings()["json.schemas"] for pattern in each["fileMatch"]} | {
        pattern: url for url, patterns in settings()["yaml.schemas"].items() for pattern in patterns
    }
    for path in EXAMPLES:
        name = "/" + "/".join(path.relative_to(ROOT).parts[-2:])
        urls = {
            url
            for pattern, url in matches.items()
            if fnmatchcase(name if pattern.startswith("/") else path.name, pattern)
        }
        kind = kind_in(path)
        assert urls == ({f"./{SCHEMAS.as_posix()}/{schema_file(kind)}"} if kind else set()), name


def test_a_folder_is_set_up_once(tmp_path: Path) -> None:
    changed = write_settings(tmp_path, catalogue())
    assert len(changed) == len(FILES) + 2
    assert write_settings(tmp_path, catalogue()) == []
    for each in json.loads((tmp_path / ".vscode/settings.json").read_text())["json.schemas"]:
        assert (tmp_path / each["url"]).is_file()


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / ".vscode/settings.json"
    file.parent.mkdir()
    mine = '{\n    // mine\n    "files.associations": {"*.flow": "json", "*.x": "xml"},\n    "editor.tabSize": 3,\n}\n'
    file.write_text(mine)
    write_settings(tmp_path, catalogue())
    text = file.read_text()
    assert '"*.flow": "json", "*.x": "xml"' in text
    assert text.startswith("{\n    // mine\n")
    assert '"editor.tabSize": 3,' in text
    assert '"*.job": "jsonc"' in text


def test_settings_that_are_not_well_formed_are_left(tmp_path: Path) -> None:
    file = tmp_path / ".vscode/settings.json"
    file.parent.mkdir()
    file.write_text("{")
    with pytest.raises(DescriptorError):
        write_settings(tmp_path, catalogue())
    assert file.read_text() == "{"
    assert not (tmp_path / ".airdock").exists()
