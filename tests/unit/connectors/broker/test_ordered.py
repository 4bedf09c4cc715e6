from airdock.connectors.broker.ordered import Ordered


def test_only_what_has_nothing_open_before_it_is_ready() -> None:
    ordered = Ordered[str]()
    for item in "abcd":
        ordered.came(item)
    assert ordered.done("b") == []
    assert ordered.done("c") == []
    assert ordered.done("a") == ["a", "b", "c"]
    assert ordered.done("a") == []
    assert ordered.done("d") == ["d"]
