"""Starts the servers that are compared, each with one worker process."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FLOWS = Path(__file__).parent / "flows"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], address: str, bound: float = 60, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that answers at the address; it is ended at the end.

    Args:
        environment: Variables beside those of this process.

    Raises:
        RuntimeError: it did not answer within `bound` seconds, or ended.
    """
    variables = {**os.environ, **(environment or {})}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables)
    try:
        wait_for(address, process, bound)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, process: subprocess.Popen[bytes], bound: float) -> None:
    """Waits until the address answers, whatever the status."""
    end = time.monotonic() + bound
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                output = process.stderr.read().decode() if process.stderr else ""
                raise RuntimeError(f"the server ended: {output}") from None
            time.sleep(0.005)
        else:
            return
    raise RuntimeError(f"{address} did not answer within {bound} s")


def airdock(folder: Path, port: int, home: Path, workers: int = 1) -> list[str]:
    """The command that serves a folder, run log on."""
    program = [sys.executable, "-m", "airdock.cli", "run", str(folder), "--port", str(port), "--admin-port", "0"]
    return [*program, "--workers", str(workers), "--home", str(home)]


def repository_server(port: int, admin_port: int, home: Path) -> list[str]:
    """The command that serves the repository of a home folder, run log on; 0 for no management port."""
    program = [sys.executable, "-m", "airdock.cli", "run", "--port", str(port), "--admin-port", str(admin_port)]
    return [*program, "--home", str(home)]


def fastapi(port: int, app: str = "benchmarks.rivals.fastapi_app:app") -> list[str]:
    """The command of a hand-written service: uvicorn with uvloop and httptools."""
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    return [sys.executable, "-m", "uvicorn", app, "--port", str(port), *options]


def answering(port: int, folder: Path) -> list[str]:
    """The command of a service that answers each request with the same JSON: nginx, where it is installed, else the
    bare handler on granian.

    Args:
        folder: Where nginx keeps its files.
    """
    nginx = shutil.which("nginx")
    if nginx is None:
        return bare(port)
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(port=port, folder=folder))
    return [nginx, "-e", str(folder / "errors.log"), "-c", str(configuration)]


_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/errors.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    default_type application/json;
    location / {{ return 200 '{{"order":7,"desk":"Vienna","total":9,"skus":["tea"]}}'; }}
  }}
}}
"""


def bare(port: int) -> list[str]:
    """The command of the bare handler on granian's RSGI."""
    options = ["--interface", "rsgi", "--loop", "uvloop", "--workers", "1", "--no-ws", "--log-level", "error"]
    return [sys.executable, "-m", "granian", "benchmarks.rivals.bare:app", "--port", str(port), *options]
