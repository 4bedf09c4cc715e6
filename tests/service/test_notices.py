"""The example that mails what GitHub tells: the whole way, from a signed request to a mail server."""

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.service.conftest import Start
from tests.service.server import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.services]

EXAMPLE = Path(__file__).parents[2] / "examples" / "notices"
SECRET = "a secret of the test"


class Kept:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- the library's
        self.mails.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        return "250 taken"


@contextmanager
def mail_server(port: int) -> Iterator[Kept]:
    kept = Kept()
    controller = Controller(kept, "127.0.0.1", port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def send(url: str, delivery: str, title: str) -> int:
    """An event as GitHub sends it; the status of the answer."""
    issue = {
        "number": 7,
        "title": title,
        "body": "<i>Look</i>\n.",
        "html_url": "https://x.com/7",
        "user": {"login": "ann"},
    }
    body = msgspec.json.encode({"action": "opened", "repository": {"full_name": "shop/web"}, "issue": issue})
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}",
    }
    return httpx.post(url, content=body, headers=headers, timeout=30, trust_env=False).status_code


def test_events_wait_for_the_mail_server_and_are_mailed_once(airdock_server: Start, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "flows" / "notices")
    (port,) = free_ports(1)
    connection = tmp_path / "flows" / "notices" / "mail.connection"
    connection.write_text(connection.read_text().replace("2525", str(port)))
    secrets = {"AIRDOCK_SECRET_GITHUB_WEBHOOK": SECRET}
    with airdock_server(tmp_path / "flows", "--dev", environment=secrets) as server:
        address = f"{server.url}/services/flow/notices/github"
        assert send(address, "delivery-1", "It\nburns") == 202
        assert send(address, "delivery-1", "It\nburns") == 409
        server.wait_for(
            lambda: "cannot be reached" in server.errors + server.output, "an attempt without a mail server"
        )
        with mail_server(port) as kept:
            server.wait_for(lambda: kept.mails, "the mail")
            # GitHub delivers it again, with something else in it; and another behind it, which comes after it.
            assert send(address, "delivery-1", "It burns again") == 202
            assert send(address, "delivery-2", "Another") == 202
            server.wait_for(lambda: len(kept.mails) >= 2, "the other mail")
        first, second = kept.mails
        assert (first["subject"], first["to"]) == ("[shop/web] Issue 7: It burns", "team@example.com")
        assert second["subject"] == "[shop/web] Issue 7: Another"
        plain, page = first.iter_parts()
        assert "<i>Look</i>" in plain.get_content()
        assert "&lt;i&gt;Look&lt;/i&gt;" in page.get_content()
