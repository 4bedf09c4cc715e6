"""From a request to its stream or socket."""

from collections.abc import Callable

from airdock.spec.streaming import Events, WebSocket
from airdock.triggers.http.answer import Answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import Pipeline
from airdock.triggers.http.streaming.events import EventStream, RunFlow
from airdock.triggers.http.streaming.feeds import Feeds
from airdock.triggers.http.streaming.sockets import CheckRoom, SocketSession
from airdock.triggers.http.streaming.streams import Streams


class Serve:
    """Opens streams and sockets.

    Attributes:
        streams: What is open.
    """

    def __init__(self, run: RunFlow, check_room: CheckRoom, feeds: Feeds, streams: Streams) -> None:
        """`run`: runs a flow and answers its errors. `check_room`: whether another run may begin."""
        self.streams = streams
        self._run = run
        self._check_room = check_room
        self._feeds = feeds

    async def open(
        self, pipeline: Pipeline, declared: Events | WebSocket, request: HttpRequest, is_current: Callable[[], bool]
    ) -> Answer:
        """Answers until the stream or socket is ended.

        Args:
            is_current: Whether the address still answers as it does now.

        Raises:
            FlowError: before it is open: `request.busy`, `request.origin`, `request.topic`, `connector.unavailable`.
        """
        with self.streams.entered(is_current, declared.max_age) as stream:
            if isinstance(declared, Events):
                return await EventStream(pipeline, declared, request, stream).serve(self._run, self._feeds)
            session = SocketSession(pipeline, declared, request, stream)
            return await session.serve(self._run, self._check_room, self._feeds)
