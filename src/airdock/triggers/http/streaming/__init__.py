"""Flows that go on answering: server-sent events, and WebSockets."""

from airdock.triggers.http.streaming.feeds import Feeds, News, NoFeeds
from airdock.triggers.http.streaming.serving import Serve
from airdock.triggers.http.streaming.streams import Streams

__all__ = ["Feeds", "News", "NoFeeds", "Serve", "Streams"]
