from airdock.triggers.http.methods import accepted, allow, is_answered


def test_a_flow_without_methods_answers_all_but_those_for_proxies() -> None:
    assert accepted(None) == {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    assert allow(None) == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    assert is_answered("PROPFIND", None)
    assert not is_answered("TRACE", None)
    assert not is_answered("CONNECT", None)


def test_head_is_answered_where_get_is() -> None:
    assert accepted(["GET"]) == {"GET", "HEAD"}
    assert accepted(["POST"]) == {"POST"}
    assert allow(["GET", "POST"]) == "GET, HEAD, POST, OPTIONS"
    assert allow(["POST", "PROPFIND"]) == "POST, OPTIONS, PROPFIND"
    assert not is_answered("PUT", ["GET"])
