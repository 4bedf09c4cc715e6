from airdock.copying import copy_value


def test_a_copy_shares_no_container() -> None:
    value = {"a": [1, {"b": (2.5, {3})}], "c": bytearray(b"x")}
    copied = copy_value(value)
    assert copied == {"a": [1, {"b": [2.5, [3]]}], "c": b"x"}
    copied["a"][1]["b"].append(4)
    assert value["a"][1]["b"] == (2.5, {3})  # type: ignore[index]


def test_numbers_stay_what_they_are_and_what_no_json_number_is_becomes_null() -> None:
    assert copy_value([2**70, 1.0, float("nan"), float("inf"), True]) == [2**70, 1.0, None, None, True]
