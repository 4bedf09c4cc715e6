import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.triggers.http.paths import check_path, check_plain, fold
from tests.unit.triggers.http.refusing import refusing


@pytest.mark.parametrize(
    "spelling",
    [
        "/p/secret",
        "/P/SECRET",
        "/p/%73ecret",
        "/p/%2573ecret",
        "/p/%25252573ecret",
        "/p/\uff53\uff45\uff43\uff52\uff45\uff54",
        "/p/sec\u200bret",
        "/p/\u00adsecret",
        "/p/secret ",
        "/p/\u017fecret",
        "/p%2Fsecret",
        "/p\uff0fsecret",
    ],
)
def test_other_spellings_are_the_same_when_folded(spelling: str) -> None:
    assert fold(spelling) == "/p/secret"


def test_composed_and_decomposed_characters_are_the_same_when_folded() -> None:
    assert fold("/caf\u00e9") == fold("/cafe\u0301") == fold("/CAFE\u0301")


@pytest.mark.parametrize(
    "path",
    [
        "/p/%2e%2e/x",
        "/p/\uff0e\uff0e/x",
        "/p/%252e/x",
        "/p//x",
        "/p/%00",
        "/p/%5Cx",
        "/p/%ff",
        "/p/\ufffd",
        "/%252525252541",
    ],
)
def test_what_has_no_plain_form_is_refused(path: str) -> None:
    with pytest.raises(Exception, match="address") as caught:
        check_plain(path)
    assert getattr(caught.value, "code", "") == "request.path"


@pytest.mark.parametrize("path", ["/p/100%", "/p/a%zz", "/p/...", "/p/.a", "/p/é", "/p/日本", ""])
def test_what_is_plain_passes(path: str) -> None:
    check_path(path)
    check_plain(path)


@given(st.text(max_size=50))
def test_folding_takes_any_text(path: str) -> None:
    fold(path)
    with refusing("request.path"):
        check_plain(path)
