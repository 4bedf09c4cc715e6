"""What answers on which port."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families

from tests.service.conftest import Start
from tests.service.server import get, output_flow, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    throw = {"steps": [{"type": "throw", "code": "shop.closed", "message": "closed", "status": 409}]}
    order = output_flow("ok", path="/orders/{id}", methods=["POST"], input={"type": "object"})
    return write_files(
        tmp_path / "flows",
        {"p/hello.flow": output_flow("hello"), "p/closed.flow": throw, "p/order.flow": order, "p/broken.flow": "{"},
    )


def test_the_flow_port_serves_flows_and_nothing_of_the_management(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder) as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/services/flow/p/hello.flow").text == "hello"
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").json() == {"status": "ready"}
        for path in ("/metrics", "/api/v1/agent", "/api/v1/runs", "/"):
            assert client.get(path).status_code == 404
        document = client.get("/services/openapi.json").json()
        assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
        assert "/services/flow/p/orders/{id}" in document["paths"]
        assert "/services/flow/p/broken.flow" not in document["paths"]


def test_the_management_port_serves_both(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, admin=True) as server, httpx.Client(base_url=server.admin_url) as client:
        index = client.get("/").json()
        for name in ("flows", "api", "agent", "runs", "metrics", "live", "ready"):
            assert client.get(index[name]).status_code == 200
        assert client.get("/services/flow/p/hello.flow").text == "hello"
        assert client.get("/services/openapi.json").json() == get(f"{server.url}/services/openapi.json").json()
        assert client.get("/metrics", headers={"host": "example.com"}).status_code == 421
        assert client.get("/api/v1/agent").json()["states"] == {"enabled": 3, "failed": 1}


def test_a_root_path_stands_in_front_of_all_addresses(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, root="/dirigible", admin=True) as server:
        for url in (server.url, server.admin_url):
            assert get(f"{url}/dirigible/services/flow/p/hello.flow").text == "hello"
            assert get(f"{url}/dirigible/services/openapi.json").json()["servers"] == [{"url": "/dirigible"}]
        assert get(f"{server.admin_url}/dirigible/api/v1/flows").status_code == 200
        assert get(f"{server.admin_url}/dirigible/").json()["metrics"] == "/dirigible/metrics"
        server.wait_for(lambda: "/dirigible/services/flow/p/hello.flow" in server.output, "the table")


@pytest.mark.parametrize("http2", [True, False])
def test_http_2_is_taken_only_if_asked(airdock_server: Start, folder: Path, http2: bool) -> None:
    """Where it is taken, silent connections are never closed."""
    environment = {"AIRDOCK_HTTP2": "true"} if http2 else {}
    with airdock_server(folder, environment=environment) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            settings_frame = connection.recv(100)[3:4] == b"\4"
        assert settings_frame is http2
        assert get(f"{server.url}/services/flow/p/hello.flow").text == "hello"


def test_a_server_that_cannot_start_says_why_and_ends(folder: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "AIRDOCK_CATALOGUE": "no.such:steps", "AIRDOCK_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "airdock.cli", "run", str(folder), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=30)
    assert ended.returncode == 1
    assert "airdock: catalogue: 'no.such:steps' is not `module:function`" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_server_on_the_same_port_is_refused(airdock_server: Start, folder: Path, tmp_path: Path) -> None:
    with airdock_server(folder) as server:
        command = [sys.executable, "-m", "airdock.cli", "run", str(folder), "--port", str(server.port)]
        second = subprocess.run([*command, "--home", str(tmp_path)], capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert (
            second.stderr == f"airdock: port {server.port} is in use by another program: choose another with --port\n"
        )
        assert second.stdout == ""


def test_metrics_are_exact_over_several_processes(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        count = 300

        def ask(number: int) -> int:
            url = server.admin_url if number % 10 == 0 else server.url
            flow = "closed" if number % 3 == 0 else "hello"
            return get(f"{url}/services/flow/p/{flow}.flow").status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ask, range(count)))
        assert (statuses.count(200), statuses.count(409)) == (200, 100)
        found = _runs(server.admin_url)
        deadline = time.monotonic() + 10
        while sum(found.values()) < count and time.monotonic() < deadline:
            time.sleep(0.05)
            found = _runs(server.admin_url)
        assert found == {("p/hello.flow", "ok"): 200, ("p/closed.flow", "failed"): 100}


def _runs(url: str) -> dict[tuple[str, str], float]:
    return {
        (sample.labels["flow"], sample.labels["outcome"]): sample.value
        for family in text_string_to_metric_families(get(f"{url}/metrics").text)
        for sample in family.samples
        if sample.name == "airdock_runs_total"
    }


def test_only_the_parent_prints(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        server.wait_for(lambda: "Press Ctrl-C" in server.output, "the table")
        assert server.output.count("Airdock ") == 1
        assert "broken.flow:1:" in server.output
        assert "granian" not in server.output.lower()
        assert server.errors == ""


def test_a_home_that_cannot_be_used_is_told_and_flows_answer_all_the_same(airdock_server: Start, folder: Path) -> None:
    home = folder / "file"
    home.write_text("not a folder")
    with airdock_server(folder, home=home) as server:
        assert get(f"{server.url}/services/flow/p/hello.flow").text == "hello"
        server.wait_for(lambda: str(home) in server.errors, "the complaint")
