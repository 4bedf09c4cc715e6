"""What flows of a test have done, in order, outside of any process of theirs."""

EVENTS: list[str] = []
FAILING: set[str] = set()
"""What fails now, by the name of the event."""

MODULE = """
from tests.unit.steps import effects


async def service(exchange):
    event = exchange.properties["event"]
    if event in effects.FAILING:
        raise ValueError(f"{event} fails")
    effects.EVENTS.append(event)
"""


def effect(event: str) -> dict[str, object]:
    """A step that does something; `p/effect.py` must have `MODULE`."""
    return {"type": "python", "module": "/p/effect.py", "properties": {"event": event}, "result": "none"}
