"""What the trigger of a listener finds around it."""

from airdock.connectors.finder import Around, LinkFinder
from airdock.connectors.hub.names import space_of
from airdock.engine.runtime import Runtime
from airdock.errors import Place
from airdock.spec.clock import Clock
from airdock.spec.connection import C, Connection, Link
from airdock.state import Stores


class ListenerSurroundings(LinkFinder):
    """The surroundings of one listener, which remember what it uses; see `airdock.spec.trigger.Listening`."""

    def __init__(self, name: str, runtime: Runtime, around: Around) -> None:
        super().__init__(runtime.links, around)
        self.name = name
        self.clock: Clock = runtime.clock
        self.stores: Stores = runtime.stores
        self._used: dict[str, Connection | None] = {}

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        self._used[path] = self._around.connection(path)
        return super().connection(path, kinds, place)

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        self._used[path] = self._around.connection(path)
        return super().declaration(path, kinds, place)

    def hub(self) -> Link:
        return self._links.hub_link(space_of(self.name))

    def differ(self, around: Around) -> bool:
        """Whether a connection that it uses is another one in other surroundings."""
        return any(around.connection(path) is not used for path, used in self._used.items())
