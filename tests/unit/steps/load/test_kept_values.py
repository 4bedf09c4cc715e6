from hypothesis import given
from hypothesis import strategies as st

from airdock.steps.load.kept_values import OVERHEAD, KeptValues

MOST, MOST_BYTES, LASTS = 3, 2 * OVERHEAD + 60, 5.0
ACTS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 70), st.booleans(), st.integers(0, 3)), max_size=60)
"""A key, the size of its value, whether it is put or got, and seconds in front."""


@given(ACTS)
def test_what_is_kept_is_what_was_used_last_within_the_bounds(acts: list[tuple[str, int, bool, int]]) -> None:
    kept, now = KeptValues(MOST, MOST_BYTES), 0.0
    model: list[tuple[str, bytes, float]] = []
    for key, size, puts, seconds in acts:
        now += seconds
        there = next((each for each in model if each[0] == key), None)
        if there is not None:
            model.remove(there)
        if puts:
            value = b"x" * size
            kept.put(key, value, now + LASTS)
            if len(key) + size + OVERHEAD <= MOST_BYTES:
                model.append((key, value, now + LASTS))
            while len(model) > MOST or sum(1 + len(value) + OVERHEAD for _, value, _ in model) > MOST_BYTES:
                del model[0]
        else:
            found = kept.get(key, now)
            assert found == (there[1] if there is not None and there[2] > now else None)
            if there is not None and there[2] > now:
                model.append(there)
