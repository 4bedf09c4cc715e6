"""WebSockets of services, as listeners read them."""
