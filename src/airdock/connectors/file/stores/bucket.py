"""What the stores of objects have in common."""

from airdock.spec.fields import Spec, field
from airdock.spec.kinds import Duration, Integer

ADDRESS = r"https?://([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"


class BucketStore(Spec):
    """A store that is reached by HTTP and holds objects by their keys."""

    timeout: float = field(
        Duration(), "The store may take so long for each of its answers.", default=30.0, unit="s", example="10s"
    )
    connections: int = field(Integer(1, 1000), "So many connections are open at most, in each process.", default=10)
