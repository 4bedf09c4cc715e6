from airdock.connectors.file.drop.sightings import Sightings
from airdock.connectors.file.paths import Found

OLD = Found("a", 1, 0.0)


def test_what_does_not_change_is_ripe() -> None:
    sightings = Sightings(settle=2.0, min_age=0.0)
    assert sightings.look([OLD], 10.0, 1000.0) == ([], 2.0)
    assert sightings.look([OLD._replace(size=2)], 11.0, 1001.0) == ([], 2.0)
    assert sightings.look([OLD._replace(size=2)], 12.5, 1002.5) == ([], 0.5)
    assert sightings.look([OLD._replace(size=2)], 13.0, 1003.0) == ([OLD._replace(size=2)], None)


def test_what_went_and_came_back_is_seen_anew() -> None:
    sightings = Sightings(settle=2.0, min_age=0.0)
    for files in ([OLD], [], [OLD]):
        assert sightings.look(files, 10.0, 1000.0).files == []
    assert sightings.look([OLD], 11.0, 1001.0).wait == 1.0


def test_age_is_that_of_its_time_or_what_was_seen() -> None:
    sightings = Sightings(settle=0.0, min_age=60.0)
    ahead, young = Found("ahead", 1, 9999.0), Found("young", 1, 990.0)
    assert sightings.look([OLD, young, ahead], 0.0, 1000.0) == ([OLD], 50.0)
    assert sightings.look([ahead], 60.0, 1060.0) == ([ahead], None)
