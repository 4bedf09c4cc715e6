"""Asks another HTTP service. A plain `def` runs in a thread, so waiting here keeps no other request waiting."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from airdock import FlowError

SECONDS = 2
LARGEST = 1024 * 1024


def service(exchange):
    request = Request(exchange.properties["url"], headers={"Accept": "application/json"})
    if request.type not in ("http", "https"):
        raise FlowError("fetch.address", "only http and https addresses can be asked")
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            return json.loads(answer.read(LARGEST))
    except HTTPError as error:
        raise FlowError("fetch.status", f"the service answered {error.code}", details={"status": error.code}) from error
    except OSError as error:
        raise FlowError("fetch.unreachable", "the service does not answer") from error
    except ValueError as error:
        raise FlowError("fetch.answer", "the service answered something that is not JSON") from error
