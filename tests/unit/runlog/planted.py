"""A secret, and values that hold it."""

from typing import Any

from hypothesis import strategies as st

SECRET = "Pl4ntedS3cr3t"


def shapes(secret: Any) -> st.SearchStrategy[Any]:
    """JSON values with a secret somewhere under a secret name."""
    hidden = st.sampled_from(
        [
            {"password": secret},
            {"user": {"accessToken": [secret]}},
            [{"name": "X-Api-Key", "value": secret}],
            [["Authorization", secret]],
            {"text": f"see https://me:{secret}@host/ now"},
            {"Set-Cookie": f"sid={secret}; Path=/"},
        ]
    )
    around = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(), max_size=3)
    return st.builds(lambda inner, outer: [outer, {**outer, "deep": inner}], hidden, around)
