import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from airdock.repository import RepositoryError
from airdock.repository.names import check_path, check_project, check_together, check_user, folded

CHARACTERS = st.text(st.characters(), max_size=8)
PARTS = st.one_of(CHARACTERS, st.sampled_from(["", ".", "..", "con", "NUL.txt", "a", "B", "ä", "a ", "COM¹", "a."]))
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def refusal(name: str, kind: str = "path") -> str:
    check = {"path": check_path, "project": check_project, "user": check_user}[kind]
    with pytest.raises(RepositoryError) as caught:
        check(name)
    assert caught.value.code == "repository.name"
    return str(caught.value)


def is_taken(path: str) -> bool:
    try:
        check_path(path)
    except RepositoryError:
        return False
    return True


@pytest.mark.parametrize(
    "path",
    [
        "hello.flow",
        ".gitignore",
        "IntegrationServices/order.flow.yaml",
        "größe/straße.flow",
        "東京/注文.flow",
        unicodedata.normalize("NFD", "größe.flow"),
        "smile😀.py",
        "a b (1)/#1 50% & more;.txt",
        "x" * 255,
        "console.flow",
        "lib/com10.py",
        "~$draft.json",
    ],
)
def test_path_is_taken(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "a//b",
        "a/",
        ".",
        "..",
        "../up.flow",
        "a/../../up.flow",
        "a/./b",
        "a\\b",
        "C:/x.flow",
        "c:x",
        "con",
        "CON.flow",
        "nul.tar.gz",
        "aux .txt",
        "lib/LPT9.py",
        "com³",
        "a.",
        "a /b",
        " a",
        "a\u00a0",
        "tab\there",
        "line\nend",
        "nul\0",
        "del\x7f",
        "c1\x85",
        "half\ud800",
        "para\u2029",
        "txt\u202egpj.exe",
        "what?",
        "a|b",
        'say"so',
        "x" * 256,
        "ü" * 128,
        "/".join(["x" * 100] * 11),
    ],
)
def test_path_is_refused(path: str) -> None:
    message = refusal(path)
    assert message.isprintable()
    assert len(message) < 300


@given(PATHS)
@example("a/\ud83d/b")
@example("con")
def test_path_that_is_taken_can_be_written_anywhere(path: str) -> None:
    if not is_taken(path):
        assert refusal(path).isprintable()
        return
    parts = path.split("/")
    assert path.encode().decode() == path
    assert all(part and part.strip() == part and part not in (".", "..") and not part.endswith(".") for part in parts)
    assert not set('\\<>:"|?*').intersection(path)
    assert not any(ord(character) < 32 for character in path)


@pytest.mark.parametrize("name", ["shop", "Shop-2", "a", "0", "my_project.v2", "_lib", "x" * 100])
def test_project_is_taken(name: str) -> None:
    check_project(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "-x", "a/b", "a b", "größe", "shop.", "con", "x" * 101, "a\n", "a%2Fb", "a\0", "\ud800"],
)
def test_project_is_refused(name: str) -> None:
    refusal(name, "project")


@pytest.mark.parametrize("name", ["ann", "ann@example.org", "Zoë", "ann.lee+test", "con"])
def test_user_is_taken(name: str) -> None:
    check_user(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", " ann", "ann\n", "a\0", "\ud800", "x" * 101])
def test_user_is_refused(name: str) -> None:
    refusal(name, "user")


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["a.flow", "A.flow"], "cannot tell"),
        (["größe", unicodedata.normalize("NFD", "größe")], "cannot tell"),
        (["straße", "STRASSE"], "cannot tell"),
        (["lib/a", "Lib/b"], "cannot tell its folder"),
        (["a", "a/b"], "is a file"),
        (["a/b", "a"], "is a folder"),
        (["a", "A/b"], "is a file"),
        (["a/b/c", "a/B"], "is a folder"),
    ],
)
def test_paths_that_collide_are_refused(paths: list[str], reason: str) -> None:
    with pytest.raises(RepositoryError, match=reason) as caught:
        check_together(paths)
    assert caught.value.code == "repository.name"


def test_paths_that_are_near_stand_side_by_side() -> None:
    check_together(["a", "a.flow", "ab/c", "ab/d", "a-b", "a b", "lib/a", "lib/b/c"])


@given(CHARACTERS)
def test_folding_forgets_case_and_composition(text: str) -> None:
    assert folded(text) == folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))
    assert folded(folded(text)) == folded(text)
