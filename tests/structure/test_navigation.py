"""A folder in the navigation stands for its pages."""

from pathlib import Path

from scripts.navigation import expand


def test_a_folder_becomes_its_pages_with_the_index_first(tmp_path: Path) -> None:
    (tmp_path / "steps" / "more").mkdir(parents=True)
    for name in ("aggregate.md", "index.md", "set.md", "picture.svg", "more/deep.md"):
        (tmp_path / "steps" / name).touch()
    entry = [{"Start": "index.md"}, {"Steps": ["first.md", "steps/", {"More": "steps/more/"}]}]
    assert expand(entry, tmp_path) == [
        {"Start": "index.md"},
        {
            "Steps": [
                "first.md",
                "steps/index.md",
                "steps/aggregate.md",
                "steps/set.md",
                {"More": ["steps/more/deep.md"]},
            ]
        },
    ]
