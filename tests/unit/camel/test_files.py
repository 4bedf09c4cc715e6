"""Whole routes: what becomes of them, and that what becomes of them can be published."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from airdock.camel import Translation, translate_yaml
from airdock.errors import DescriptorError
from airdock.testing import FlowClient

CASES = yaml.safe_load((Path(__file__).parent / "routes.yaml").read_text())
BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def translated(case: dict[str, Any]) -> Translation:
    return translate_yaml(case["route"].encode(), "routes.camel.yaml", "p")


@BY_NAME
def test_what_becomes_of_routes(case: dict[str, Any]) -> None:
    files = translated(case).files
    if "files" in case:
        assert files == case["files"]
    else:
        (flow,) = [descriptor for path, descriptor in files.items() if path.endswith(".flow")]
        steps = [
            step
            for step in flow["steps"]
            if case["name"].startswith("what") or step.get("code") != "import.untranslated"
        ]
        assert steps == case["flow"]


@BY_NAME
def test_what_a_person_is_told(case: dict[str, Any]) -> None:
    notes = translated(case).notes
    for wanted, lost in ((case.get("notes", []), False), (case.get("lost", []), True)):
        told = [f"{note.what}: {note.message}" for note in notes if note.lost is lost]
        assert len(told) == len(wanted), told
        assert all(each.startswith(begin) for each, begin in zip(told, wanted, strict=True)), told
    assert all(note.place.line > 0 for note in notes)


@BY_NAME
def test_what_becomes_of_routes_can_be_published(case: dict[str, Any], tmp_path: Path) -> None:
    """All but for flows that are named and not there, which are those of other files."""
    files = translated(case).files
    for path, descriptor in files.items():
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / path).write_text(json.dumps(descriptor))
    client = FlowClient(tmp_path)
    problems = [problem for artefact in client.agent.artefacts for problem in artefact.problems]
    assert [str(each) for each in problems if each.code != "descriptor.reference"] == []


async def test_a_translated_route_runs(tmp_path: Path) -> None:
    route = b"""
- from:
    uri: platform-http:/total
    steps:
      - split:
          jsonpath: $.items
          aggregationStrategy: GroupedBody
          steps:
            - choice:
                when: [{simple: "${body.price} > 5", steps: [{setBody: {simple: "${body.name}!"}}]}]
                otherwise: {steps: [{setBody: {simple: "${body.name}"}}]}
      - setHeader: {name: kind, constant: "list"}
      - setBody: {simple: "${header.kind}: ${body[0]} ${body[1]}"}
"""
    for path, descriptor in translate_yaml(route, "r.yaml", "p").files.items():
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / path).write_text(json.dumps(descriptor))
    items = [{"name": "tea", "price": 9}, {"name": "ink", "price": 2}]
    result = await FlowClient(tmp_path).post("p/total", json={"items": items})
    assert (result.status, result.text) == (200, "list: tea! ink")


@pytest.mark.parametrize("content", [b"- route: [", b"42", b"\xff"])
def test_what_is_no_file_of_routes_is_refused(content: bytes) -> None:
    with pytest.raises(DescriptorError):
        translate_yaml(content, "r.yaml", "p")
