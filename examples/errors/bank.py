"""A bank that refuses some cards and is busy now and then."""

from itertools import count

from airdock import FlowError

_attempts = count(1)


async def charge(exchange):
    match exchange.request.query.get("card"):
        case "busy":
            if next(_attempts) % 3:
                raise FlowError("bank.busy", "the bank is busy")
        case "closed":
            raise FlowError("bank.closed", "the bank is closed")
        case "empty" | None:
            raise FlowError("bank.refused", "there is no money on this card")
    return {"receipt": "R-1"}
