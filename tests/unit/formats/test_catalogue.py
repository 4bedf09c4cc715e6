from airdock.formats.catalogue import FORMATS


def test_no_two_formats_have_one_name() -> None:
    names = [each.name for each in FORMATS]
    assert len(set(names)) == len(names) >= 18
