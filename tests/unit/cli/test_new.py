"""`airdock new`, and the templates: each is checked, called, and does what its page says."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from airdock.cli.new import FOLDER, TEMPLATES, template_files
from tests.docs.session import Session
from tests.unit.cli.program import Program

ORDER = '{"product": "tea & milk", "quantity": 2}'


class Prices(BaseHTTPRequestHandler):
    """The service that the template `enrich` asks."""

    def do_GET(self) -> None:
        product = parse_qs(urlsplit(self.path).query)["product"][0]
        if product == "tea & milk":
            self.answer(200, b'{"price": 4.5}')
        elif product == "broken":
            self.answer(200, b"<html>")
        else:
            self.answer(404, b"{}")

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""


@pytest.fixture
def prices() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Prices) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def set_prices(address: str) -> None:
    Path("shop/project.json").write_text(json.dumps({"config": {"prices": address}}))


def test_a_project_is_made_and_what_to_do_next_is_told(airdock: Program) -> None:
    ended = airdock("new", "shop")
    assert ended.code == 0
    shown = [file.name for file in Path("shop").iterdir() if not file.name.startswith(".")]
    assert sorted(shown) == [
        "README.md",
        "hello.flow",
        "hello.test.yaml",
    ]
    assert "shop/.vscode: editors complete" in ended.out
    assert Path("shop/.vscode/settings.json").is_file()
    assert "  airdock call 'shop/hello.flow?name=Joe'\n" in ended.out
    assert "  airdock run . --dev\n" in ended.out
    assert "  curl 'http://127.0.0.1:8080/services/flow/shop/hello.flow?name=Joe'\n" in ended.out
    assert airdock("call", "shop/hello.flow?name=Joe", "-q").out == "Welcome back, Joe!"


def test_in_another_folder(airdock: Program) -> None:
    Path("my work").mkdir()
    ended = airdock("new", "shop", "--dir", "my work", "-t", "enrich")
    assert Path("my work/shop/order.flow").is_file()
    assert "  airdock run 'my work' --dev\n" in ended.out
    assert airdock("check", "my work").out == "5 descriptors, no problems\n"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_a_good_project(airdock: Program, template: str) -> None:
    assert airdock("new", "a-b.c_1", "--template", template).code == 0
    ended = airdock("check", "--strict")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("no problems\n")
    assert airdock("fmt", "--check").code == 0
    ended = airdock("test", ".", "--coverage", "--fail-under", "90")
    assert (ended.code, ended.err) == (0, ""), ended.out
    for file in template_files(template):
        assert "my_project" not in (Path("a-b.c_1") / file).read_text()


def test_every_folder_of_templates_is_listed(airdock: Program) -> None:
    assert sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()) == sorted(TEMPLATES)
    for arguments in (["new", "--list"], ["new"]):
        ended = airdock(*arguments)
        assert ended.code == 0
        assert all(f"  {name} " in ended.out and template.summary in ended.out for name, template in TEMPLATES.items())


@pytest.mark.services
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_page_of_a_template_is_true(airdock: Program, template: str, tmp_path: Path) -> None:
    airdock("new", "shop", "--template", template)
    reader = Session(Path(), tmp_path)
    if template == "enrich":
        set_prices(f"http://127.0.0.1:{reader.port}/services/flow/shop/price.flow")
    try:
        reader.page(Path("shop/README.md").read_text())
    finally:
        reader.stop()


def test_enrichment_asks_another_service(airdock: Program, prices: str) -> None:
    airdock("new", "shop", "--template", "enrich")
    set_prices(prices)
    ended = airdock("call", "shop/order.flow", "--json", ORDER, "-q")
    assert (ended.code, ended.json()) == (0, {"product": "tea & milk", "quantity": 2, "price": 4.5, "total": 9})


@pytest.mark.parametrize(
    ("product", "status", "message"),
    [("gold", 422, "there is no product gold"), ("broken", 502, "the prices cannot be had: the service answered some")],
)
def test_enrichment_answers_well_when_the_other_service_does_not(
    airdock: Program, prices: str, product: str, status: int, message: str
) -> None:
    airdock("new", "shop", "--template", "enrich")
    set_prices(prices)
    order = json.dumps({"product": product, "quantity": 1})
    answer = airdock("call", "shop/order.flow", "--json", order, "--format", "json").json()
    assert answer["status"] == status
    assert message in answer["body"]


def test_enrichment_asks_twice_a_service_that_is_not_there(airdock: Program, prices: str) -> None:
    airdock("new", "shop", "--template", "enrich")
    set_prices("http://127.0.0.1:1")
    answer = airdock("call", "shop/order.flow", "--json", ORDER, "--format", "json").json()
    assert answer["status"] == 502
    assert answer["body"] == '{"error":"the prices cannot be had: the service does not answer"}'


def test_enrichment_reads_no_files(airdock: Program) -> None:
    airdock("new", "shop", "--template", "enrich")
    set_prices("file:///etc/hostname")
    answer = airdock("call", "shop/order.flow", "--json", ORDER, "--format", "json").json()
    assert "only http and https" in answer["body"]


@pytest.mark.parametrize(
    "name", ["..", ".", "a/b", "../a", "/a", "a\\b", ".hidden", "-x", "", "a b", "é", "a\n", "x" * 101, "node_modules"]
)
def test_a_name_that_is_no_name(airdock: Program, name: str) -> None:
    ended = airdock("new", "--", name)
    assert ended.code == 2
    assert "cannot be a project's name" in ended.err
    assert list(Path().iterdir()) == []


def test_nothing_is_overwritten(airdock: Program) -> None:
    Path("shop").mkdir()
    Path("shop/README.md").write_text("mine")
    ended = airdock("new", "shop")
    assert ended == (1, "", "airdock: shop exists already: choose another name, or remove it\n")
    assert Path("shop/README.md").read_text() == "mine"


def test_an_unknown_template_gets_the_nearest(airdock: Program) -> None:
    assert airdock("new", "shop", "-t", "rooting") == (
        2,
        "",
        "airdock: there is no template 'rooting'\n  did you mean 'routing'?\n",
    )


def test_a_folder_that_is_missing(airdock: Program) -> None:
    assert airdock("new", "shop", "--dir", "none").code == 2
