"""A supplier who knows two prices, and breaks down when asked for a pot."""

from airdock import FlowError

PRICES = {"tea": 4.5, "cup": 7.0}


def service(exchange):
    sku = exchange.request.query.get("sku", "")
    if sku == "pot":
        raise ConnectionError("the supplier does not answer")
    if sku not in PRICES:
        raise FlowError("supplier.unknown", f"the supplier has no {sku}")
    return {"sku": sku, "price": PRICES[sku]}
