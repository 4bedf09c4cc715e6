import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.feeding import TextFeed, Utf8Feed
from airdock.formats.format import ContentError
from airdock.formats.text import text_of


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"]),
    st.integers(1, 5),
)
def test_texts_are_the_same_however_the_bytes_are_cut(text: str, charset: str, size: int) -> None:
    data = text.encode(charset)
    told = "" if charset in ("utf-8-sig", "utf-16", "utf-32") else charset
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    whole = text_of(data, "", told)
    feed = TextFeed("", told)
    assert "".join([*(feed.feed(piece) for piece in pieces), feed.feed(b"", last=True)]) == whole
    utf8 = Utf8Feed(f"text/plain; charset={told}", "")
    assert b"".join([*(utf8.feed(piece) for piece in pieces), utf8.feed(b"", last=True)]) == whole.encode()


def test_texts_pass_as_they_are() -> None:
    feed = TextFeed("", "")
    assert [feed.feed("\ufeffa"), feed.feed("\ufeffb"), feed.feed(b"", last=True)] == ["a", "\ufeffb", ""]
    assert Utf8Feed("", "").feed("ä") == "ä".encode()


@pytest.mark.parametrize("data", [b"abc\xff", b"abcd\xc3"])
def test_bytes_of_another_charset(data: bytes) -> None:
    feed = TextFeed("", "")
    with pytest.raises(ContentError, match="it is not utf-8 text"):
        feed.feed(data + feed.feed(data).encode(), last=True)


def test_a_charset_that_is_not_known() -> None:
    with pytest.raises(ContentError, match="not known"):
        TextFeed("text/csv; charset=klingon", "").feed(b"abcd")
