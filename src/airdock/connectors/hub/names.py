"""What topics, queues and clients of the hub may be called, and what NATS calls them."""

import re
from hashlib import sha256
from typing import Literal, NamedTuple

from airdock.errors import FlowError
from airdock.spec.kinds import Text

Kind = Literal["topic", "queue"]
"""`topic`: each client gets every message. `queue`: each message is for one."""

PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
RULE = "a letter or digit, then letters, digits, '_', '.', '-', a hundred at most"
NAME = Text(PATTERN, RULE)
OWNER = "queue"
"""The client that stands for all who read a queue."""

_VALID = re.compile(PATTERN)
_SPACE = "_"


class Channel(NamedTuple):
    """A topic or a queue.

    Attributes:
        space: Whose sandbox it is in; empty for the registry. kind, name: What it is.
    """

    space: str
    kind: Kind
    name: str

    @property
    def stream(self) -> str:
        """The stream that keeps its messages."""
        return f"airdock={self.kind}={_space_word(self.space)}={self.name.replace('.', '~')}"

    @property
    def subject(self) -> str:
        """The subject that its messages are sent to."""
        return f"airdock.{self.kind}.{_space_word(self.space)}.{self.name.replace('.', '~')}"


def check_name(what: str, name: str) -> str:
    """The name, if something can be called so. `what`: as messages call it.

    Raises:
        FlowError: `hub.name`.
    """
    if not _VALID.fullmatch(name):
        raise FlowError("hub.name", f"{what} cannot be called {name[:120]!r}: {RULE}")
    return name


def channel_of(stream: str) -> Channel | None:
    """What a stream is for; None for one that is not the hub's."""
    prefix, *rest = stream.split("=")
    if prefix != "airdock" or len(rest) != 3 or rest[0] not in ("topic", "queue"):
        return None
    space = "" if rest[1] == _SPACE else bytes.fromhex(rest[1][1:]).decode()
    return Channel(space, "topic" if rest[0] == "topic" else "queue", rest[2].replace("~", "."))


def reader_word(client: str) -> str:
    """What the consumer of a client is called."""
    return client.replace(".", "~")


def client_of(word: str) -> str:
    """The client that a consumer is for."""
    return word.replace("~", ".")


def own_client(listener: str) -> str:
    """The client that a listener is where it names none: its path, as far as names may hold it."""
    path = listener.removesuffix(".listener")
    if path.startswith("~"):
        path = path.partition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9_.-]", lambda found: "." if found[0] == "/" else f"_{ord(found[0]):x}", path)
    return plain if _VALID.fullmatch(plain) else f"listener-{sha256(path.encode()).hexdigest()[:32]}"


def space_of(name: str) -> str:
    """The space of what stands at a path: a sandbox's begins with `~user/`."""
    return name.partition("/")[0][1:] if name.startswith("~") else ""


def _space_word(space: str) -> str:
    return f"u{space.encode().hex()}" if space else _SPACE
