"""The built-in message hub: topics and queues that need no broker of the author's."""
