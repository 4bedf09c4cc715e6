"""Messages that flows send to brokers and to the built-in hub."""
