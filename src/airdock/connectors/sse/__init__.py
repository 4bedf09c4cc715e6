"""Server-sent events: streams of text/event-stream that listeners read."""
