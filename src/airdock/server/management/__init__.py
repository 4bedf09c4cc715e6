"""The management port: one ASGI application with the API, metrics, probes and the flows themselves."""
