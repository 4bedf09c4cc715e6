"""What a caller most likely meant by an address that nothing answers at; told where details are."""

from collections.abc import Collection
from difflib import get_close_matches

from airdock.triggers.http.paths import FLOWS

_LONGEST = 200
_MOST = 1000
"""Addresses beyond which the nearest is not looked for: it would take too long."""
OVERVIEW = "/services/openapi.json"


def nearest_address(path: str, addresses: Collection[str], root: str = "", place: str = FLOWS) -> str:
    """`did you mean …?` with an address that is there, else where all of them are listed.

    Args:
        root: The prefix that callers write in front. place: What they write in place of `/services/flow`.
    """
    if len(path) <= _LONGEST and len(addresses) <= _MOST:
        same_name = [address for address in addresses if address.endswith("/" + path.rpartition("/")[2])]
        near = same_name[:1] or get_close_matches(path, addresses, n=1, cutoff=0.8)
        if near:
            return f"did you mean {root}{place}{near[0].removeprefix(FLOWS)}?"
    return f"{root}{OVERVIEW} lists the flows"
