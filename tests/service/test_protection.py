"""Protected flows behind the real program, with several workers."""

import hashlib
import hmac
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.server import AirdockServer, output_flow, running, write_files

pytestmark = [pytest.mark.services, pytest.mark.slow]

CLIENT = httpx.Client(verify=False, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
SECRET = "secret of the hook"
FILES = {
    "shop/hook.flow": output_flow("taken", signature={"scheme": "stripe", "secret": "hook"}),
    "shop/bad_hook.flow": {
        "signature": {"scheme": "stripe", "secret": "hook"},
        "steps": [{"type": "throw", "code": "shop.down", "message": "no"}],
    },
    "shop/rated.flow": output_flow("yes", rateLimit={"limit": 20, "per": "1h"}),
    "shop/missing.flow": output_flow("never", apiKey={"header": "X-Key", "secret": "not-there"}),
    "shop/late.flow": output_flow("late", apiKey={"header": "X-Key", "secret": "late"}),
    "shop/secured/a.flow": output_flow("for users", path="/open/{id}"),
    "shop/rules.access": [{"location": "/shop/secured", "roles": [{"role": "User"}]}],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirdockServer]:
    folder = write_files(tmp_path_factory.mktemp("flows"), FILES)
    home = tmp_path_factory.mktemp("home")
    environment = {"AIRDOCK_SECRET_HOOK": SECRET}
    airdock(home, "users", "add", "ann", "--role", "administrator", "--password-stdin", given="a long password 1\n")
    with running(folder, home, "--workers", "2", admin=True, environment=environment) as started:
        yield started


def airdock(home: Path, *words: str, given: str = "") -> str:
    command = [sys.executable, "-m", "airdock.cli", *words, "--home", str(home)]
    ended = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def signed(body: bytes) -> dict[str, str]:
    now = int(time.time())
    signature = hmac.new(SECRET.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={signature}"}


def at_once(server: AirdockServer, count: int, method: str, path: str, **options: Any) -> Counter[int]:
    """The statuses of requests over connections of their own, so that all workers get some."""

    def send(_: int) -> int:
        return CLIENT.request(method, f"{server.url}/services/{path}", **options).status_code

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(send, range(count)))


def test_of_a_request_replayed_over_all_workers_one_passes(server: AirdockServer) -> None:
    for number in range(3):
        body = b'{"number": %d}' % number
        found = at_once(server, 16, "POST", "flow/shop/hook.flow", content=body, headers=signed(body))
        assert found == {200: 1, 409: 15}


def test_a_request_that_failed_may_come_again_at_any_worker(server: AirdockServer) -> None:
    headers = signed(b"again")
    url = f"{server.url}/services/flow/shop/bad_hook.flow"
    found = [CLIENT.post(url, content=b"again", headers=headers).status_code for _ in range(6)]
    assert found == [500] * 6


def test_a_rate_holds_over_all_workers(server: AirdockServer) -> None:
    found = at_once(server, 100, "GET", "flow/shop/rated.flow")
    assert found[200] + found[429] == 100
    assert 20 <= found[200] <= 22


def test_a_flow_without_its_secret_is_closed_until_it_has_one(server: AirdockServer) -> None:
    for path in ("flow/shop/missing.flow", "flow/shop/late.flow"):
        answer = CLIENT.get(f"{server.url}/services/{path}", headers={"X-Key": ""})
        assert answer.status_code == 503
        assert "not-there" not in answer.text
    airdock(server.home, "secrets", "set", "late", "--stdin", given="ann:key")
    good: dict[str, Any] = {"headers": {"X-Key": "key"}}
    server.wait_for(lambda: at_once(server, 8, "GET", "flow/shop/late.flow", **good) == {200: 8}, "the secret to count")
    airdock(server.home, "secrets", "rm", "late")
    server.wait_for(lambda: at_once(server, 8, "GET", "flow/shop/late.flow", **good) == {503: 8}, "it to be gone")


def test_a_rule_counts_at_every_address(server: AirdockServer) -> None:
    nobody = [None, ("ann", "wrong password")]
    for path in ("flow/shop/secured/a.flow", "flow/shop/open/7", "flow-secured/shop/secured/a.flow", "flow-secured/x"):
        for auth in nobody:
            answer = CLIENT.get(f"{server.url}/services/{path}", auth=auth)
            assert answer.status_code == 401, path
            assert len(answer.headers.get_list("www-authenticate")) >= 1
    signed_in = CLIENT.get(f"{server.url}/services/flow/shop/open/7", auth=("ann", "a long password 1"))
    assert signed_in.status_code == 403
