import pytest

from airdock.errors import DescriptorError, Place
from airdock.formats.extras import library


def test_a_library_that_is_there() -> None:
    assert library("json.decoder", "json", Place()).JSONDecoder


def test_one_that_is_missing_is_told_with_the_line_that_installs_it() -> None:
    with pytest.raises(DescriptorError) as caught:
        library("no_such_library", "excel", Place("p/f.flow", 3, 5))
    (problem,) = caught.value.problems
    assert problem.code == "descriptor.extra"
    assert str(problem) == (
        "p/f.flow:3:5: 'excel' needs a library that is not installed (no_such_library):"
        " install it: pip install 'airdock[excel]'"
    )
