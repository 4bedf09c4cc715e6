"""NATS: messages by subject, kept by JetStream or gone with the moment."""
