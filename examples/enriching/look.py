from pathlib import Path

INBOX = Path("inbox.txt")


def service(exchange):
    if INBOX.exists():
        exchange.body = INBOX.read_text().strip()
        INBOX.unlink()
