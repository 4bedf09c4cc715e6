"""Where things stand: nothing overlaps, whatever the tree."""

from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.drawing import Branch, Item
from airdock.cli.drawing.layout import BESIDE, Block, block_of, row_of, text_width

texts = st.text("abc XYZ日本", max_size=40)
leaves = st.builds(Item, texts, texts, st.lists(texts, max_size=3).map(tuple))
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        Item,
        texts,
        texts,
        st.just(()),
        st.lists(
            st.lists(st.builds(Branch, texts, st.lists(inner, max_size=3).map(tuple)), min_size=1, max_size=4).map(
                tuple
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        st.booleans(),
    ),
    max_leaves=12,
)


def check(block: Block) -> None:
    """What is inside fits into what is around it, and branches leave room between each other."""
    for cell in block.cells:
        assert cell.extent.left <= block.extent.left
        assert cell.extent.right <= block.extent.right
        assert cell.extent.height <= block.extent.height
        for row in cell.rows:
            assert row.extent.left <= cell.extent.left
            assert row.extent.right <= cell.extent.right
            for column in row.columns:
                assert column.axis - column.extent.left >= -row.extent.left - 1e-6
                assert column.axis + column.extent.right <= row.extent.right + 1e-6
                assert column.extent.height < row.extent.height
                check(column.block)
            for one, next_one in zip(row.columns, row.columns[1:], strict=False):
                gap = (next_one.axis - next_one.extent.left) - (one.axis + one.extent.right)
                assert abs(gap - BESIDE) < 1e-6


@given(st.lists(trees, max_size=4).map(tuple))
def test_nothing_overlaps(items: tuple[Item, ...]) -> None:
    check(block_of(items))


def test_the_one_in_the_middle_stands_below_its_step() -> None:
    row = row_of((Branch("short", ()), Branch("middle", ()), Branch("a much longer label", ())))
    assert row.columns[1].axis == 0
    row = row_of((Branch("short", ()), Branch("a much longer label", ())))
    assert row.columns[0].axis == -row.columns[1].axis


def test_wide_characters_take_the_room_of_two() -> None:
    assert text_width("日本") == text_width("abcd")
    assert text_width("ab", head=True) > text_width("ab")


def test_a_step_ends_when_all_of_its_last_branches_do() -> None:
    stop = Item("stop", "", (), ends=True)
    item = Item("condition", "", (), ((Branch("a", (stop,)), Branch("b", (stop,))),))
    assert block_of((item,)).ends
    assert not block_of((Item("condition", "", (), ((Branch("a", (stop,)), Branch("b", ())),)),)).ends
