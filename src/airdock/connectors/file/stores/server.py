"""What the stores that are servers with folders have in common."""

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Duration, Integer, Text

HOST = Text(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?", "the name or address of a host")


class ServerStore(Spec):
    """A server that is reached by the name of its host."""

    host: str = field(HOST, "The server.", default=REQUIRED, example="files.example.com")
    timeout: float = field(
        Duration(),
        "The server may take so long for each of its answers, and for each piece of a large file.",
        default=30.0,
        unit="s",
        example="10s",
    )
    connections: int = field(Integer(1, 100), "So much is done at the same time, in each process.", default=4)
