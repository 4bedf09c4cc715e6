"""Greets a caller."""


def service(exchange):
    name = exchange.request.query.get("name", "World")
    exchange.response.write(f"{exchange.properties['greeting']} {name}, from Python!\n")
