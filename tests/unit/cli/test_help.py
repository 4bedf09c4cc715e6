"""What `--help` says: every command has examples, and each of them can be typed."""

import io
import shlex
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from airdock.cli.app import COMMANDS, load_command
from airdock.client import transport
from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

ROOT = Path(__file__).resolve().parents[3]
WITHOUT_EXAMPLES = ("run", "version")
"""`run` serves until it is stopped; the pages show it."""


def examples() -> Iterator[str]:
    for name in COMMANDS:
        command = load_command(name)
        for each in (command, *getattr(command, "commands", {}).values()):
            yield from (line.strip() for line in (each.help or "").splitlines() if line.startswith("  airdock "))


@pytest.fixture
def shop(flows: Flows) -> Flows:
    """What the examples are about."""
    flows.write("shop/order.flow", {"steps": [output("${body}")]})
    flows.write("services/shop/order.flow", {"steps": [output()]})
    for folder in ("shop", "services/shop"):
        flows.write(f"{folder}/order.test.json", {"cases": [{"name": "an order is taken"}]})
    flows.write("order.json", {"product": "tea"})
    flows.write("price.jsonata", "body.product")
    flows.write("routes.camel.yaml", "- from: {uri: 'direct:a', steps: [{log: hello}]}")
    flows.write("petstore.yaml", (ROOT / "examples" / "petstore" / "petstore.yaml").read_text())
    flows.write("shop/nightly.job", {"expression": "0 0 2 * * ?", "steps": [output()]})
    flows.write("invoice.xml", "<invoice/>")
    (flows.folder / "token.txt").write_text("a secret value")
    return flows


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that speak to a server find none, at once."""
    monkeypatch.setenv("AIRDOCK_SERVER", "http://127.0.0.1:1")
    monkeypatch.setattr(transport, "PAUSES", ())
    monkeypatch.setattr(sys, "stdin", io.StringIO("a line\n"))


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize("example", list(examples()))
def test_every_example_can_be_typed(
    airdock: Program, shop: Flows, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = list(takewhile(lambda word: word not in ("<", ">"), shlex.split(example, comments=True)))[1:]
    if words[0] == "new":
        Path("shop").rename("other")
    if words[0] == "fmt":
        for name in ("shop/orders.flow", "orders.flow.yaml"):
            shop.write(name, '{"steps": []}')
        airdock("fmt", ".")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"steps: []\n")))
    if words[:2] == ["secrets", "rm"]:
        airdock("secrets", "set", words[2], "--from-file", "token.txt")
    if words[0] in ("backup", "restore"):
        monkeypatch.setenv("AIRDOCK_HOME", "home")
        airdock("secrets", "list")
    if words[0] == "restore":
        airdock("backup", words[1])
        monkeypatch.setenv("AIRDOCK_HOME", "other")
    ended = airdock(*words)
    if "no server answers at" in ended.err or "nobody can be asked" in ended.err:
        assert ended.code == 1
        return
    # No run is recorded in the tests' home, so that of the example is not there.
    assert (ended.code, ended.err) == (0, "") or "show" in words
    assert ended.code != 2


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_EXAMPLES])
def test_every_command_has_examples(name: str) -> None:
    assert any(example.split()[1] == name for example in examples())
