"""The memory that a server takes for a body of NDJSON that it splits line by line as it comes."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.footprint import peak_of_workers
from benchmarks.servers import airdock, free_port, running

LINE = b'{"id": %d, "sku": "sku-%d", "price": 9.5, "text": "a line of about a hundred bytes, as orders have them"}\n'
FLOW = {
    "steps": [
        {"type": "unmarshal", "format": "ndjson", "streaming": True},
        {
            "type": "split",
            "steps": [
                {"type": "set", "properties": {"sku": "${body.sku}"}},
                {"type": "output", "when": "split.last", "message": "${split.size}"},
            ],
        },
    ]
}
_PIECE = 1000


def megabytes(lines: int) -> float:
    """The most that the worker had resident which split so many lines."""
    with TemporaryDirectory() as folder:
        project, home = Path(folder, "flows", "p"), Path(folder, "home")
        project.mkdir(parents=True)
        (project / "lines.flow").write_text(json.dumps(FLOW))
        (project / "ready.flow").write_text(json.dumps({"steps": []}))
        port = free_port()
        ready = f"http://127.0.0.1:{port}/services/flow/p/ready.flow"
        with running(airdock(project.parent, port, home), ready) as process:
            assert _send(port, lines) == str(lines).encode()
            return peak_of_workers(process.pid)


def _send(port: int, lines: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", "/services/flow/p/lines.flow", _pieces(lines), {"content-type": "application/x-ndjson"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    return answer.read()


def _pieces(lines: int) -> Iterator[bytes]:
    for start in range(0, lines, _PIECE):
        yield b"".join(LINE % (number, number) for number in range(start, min(start + _PIECE, lines)))
