"""Every page does what it says: its code blocks are run in order, as a reader would run them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from airdock.builtin import catalogue
from airdock.descriptor import Reader
from tests.brokers import MQTT, broker_at
from tests.docs.blocks import pages
from tests.docs.session import Session
from tests.nats import nats_server

ROOT = Path(__file__).resolve().parents[2]
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


@pytest.mark.services
@pytest.mark.parametrize("page", pages(ROOT), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if "/services/flow/bridge/" in text:
        broker_at(MQTT, "MQTT")
        nats_server()
    with Session(ROOT, tmp_path, check_data) as session:
        session.page(text)


def check_data(text: str) -> None:
    """A flow, a step or a connection must be one that Airdock accepts; any other value must be well-formed."""
    value = yaml.safe_load(text) if not text.lstrip().startswith(("{", "[")) else json.loads(COMMENT.sub(r"\1", text))
    if isinstance(value, dict) and "steps" in value and "type" not in value:
        Reader(catalogue()).read("flow", json.dumps(value), "page.flow")
    elif isinstance(value, dict):
        _check_typed(value, str(value.get("type")))


def _check_typed(value: dict[str, Any], word: str) -> None:
    """A step, or a connection: what names a connection is a step that uses one."""
    if word.lower() in catalogue().connections and "connection" not in value:
        Reader(catalogue()).read("connection", json.dumps(value), "page.connection")
    elif catalogue().find(word):
        Reader(catalogue()).read("flow", json.dumps({"steps": [value]}), "page.flow")


def test_a_wrong_step_in_a_page_is_seen() -> None:
    with pytest.raises(Exception, match="mesage"):
        check_data('{"type": "output", "mesage": "x"} // a comment')


def test_a_wrong_connection_in_a_page_is_seen() -> None:
    with pytest.raises(Exception, match="ulr"):
        check_data('{"type": "grpc", "ulr": "grpc://localhost"}')


def test_other_values_must_be_well_formed() -> None:
    check_data("key: value")
    check_data('{"type": "no such thing", "url": "http://localhost"}')
    with pytest.raises(ValueError, match="Expecting"):
        check_data('{"a": }')
