"""Paths of modules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError
from airdock.scripts.library import module_path, nearest, read_entry
from tests.unit.scripts.support import MemoryModules


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("routing/lib.js", "routing/lib.js"),
        ("/routing/lib.js", "routing/lib.js"),
        ("/routing/./a/../lib.js", "routing/lib.js"),
        ("routing//lib.js", "routing/lib.js"),
    ],
)
def test_a_path_is_normalised(written: str, path: str) -> None:
    assert module_path(written) == path


@pytest.mark.parametrize("written", ["../secret.py", "routing/../../secret.py", "", "/", "a\\b.py", "a/\x00.py", ".."])
def test_a_path_that_leaves_the_registry_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"leaves the registry|is not a path"):
        module_path(written)


@given(st.text(alphabet="ab./\\\x00", max_size=30))
def test_a_normal_path_has_no_way_up(written: str) -> None:
    try:
        path = module_path(written)
    except ValueError:
        return
    assert not {"", ".", ".."} & set(path.split("/"))
    assert module_path(path) == path


def test_a_module_that_is_not_there_is_told() -> None:
    with pytest.raises(DescriptorError) as caught:
        read_entry(MemoryModules({}), "/routing/endpoint.js")
    assert [problem.code for problem in caught.value.problems] == ["descriptor.reference"]
    with pytest.raises(DescriptorError):
        read_entry(MemoryModules({"secret.py": ""}), "/routing/../../secret.py")


def test_a_module_that_is_too_large_is_told() -> None:
    class Large(MemoryModules):
        def read(self, path: str) -> bytes | None:
            raise ValueError("too large")

    with pytest.raises(DescriptorError) as caught:
        read_entry(Large({}), "routing/endpoint.js")
    assert [problem.code for problem in caught.value.problems] == ["descriptor.script"]


def test_the_nearest_word() -> None:
    assert nearest("servce", ["service", "other"]) == "did you mean 'service'?"
    assert nearest("xyz", ["service"]) == ""
