"""Where everything of a chart stands.

A flow is a tree, so a drawing needs no general layout: steps stand below each other on one axis, the branches of a
step side by side below it, and their ways meet again below them. Sizes are pixels; `y` grows downwards.
"""

from dataclasses import dataclass
from unicodedata import east_asian_width

from airdock.cli.drawing.chart import Branch, Item

LINE = 17.0
PADDING = 14.0
GAP = 26.0
"""Between two steps."""

BESIDE = 30.0
"""Between two branches."""

DROP = 16.0
"""From a step to where its branches part, and from where they meet to the next."""

MEET = 12.0
"""From the longest branch to where the ways meet."""

LABEL = 30.0
_HEAD_WIDTH = 7.9
_LINE_WIDTH = 7.3
_NARROWEST = 110.0


@dataclass
class Extent:
    """How far something reaches to both sides of its axis, and how high it is."""

    left: float
    right: float
    height: float

    @property
    def width(self) -> float:
        return self.left + self.right


@dataclass
class Cell:
    """A step: its box and its rows of branches."""

    item: Item
    box: Extent
    rows: list["Row"]
    extent: Extent

    @property
    def ends(self) -> bool:
        return self.item.ends or (bool(self.rows) and self.rows[-1].ends)


@dataclass
class Block:
    """Steps below each other."""

    cells: list[Cell]
    extent: Extent

    @property
    def ends(self) -> bool:
        return any(cell.ends for cell in self.cells)


@dataclass
class Column:
    """A branch. `axis` is its place in relation to the row's axis."""

    branch: Branch
    block: Block
    extent: Extent
    axis: float = 0.0


@dataclass
class Row:
    """Branches side by side."""

    columns: list[Column]
    extent: Extent

    @property
    def ends(self) -> bool:
        return all(column.block.ends for column in self.columns)

    @property
    def label_height(self) -> float:
        return LABEL if any(column.branch.label for column in self.columns) else 8.0


def block_of(items: tuple[Item, ...]) -> Block:
    """Steps with all that is inside them."""
    cells = [_cell(item) for item in items]
    return Block(cells, _stacked([cell.extent for cell in cells], GAP))


def text_width(text: str, *, head: bool = False) -> float:
    """How wide a text is; fonts differ, so it is rather too much than too little."""
    columns = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return columns * (_HEAD_WIDTH if head else _LINE_WIDTH)


def head_of(item: Item) -> str:
    return f"{item.type}  {item.name}" if item.name else item.type


def row_of(branches: tuple[Branch, ...]) -> Row:
    """Branches beside each other, about the axis of the one in the middle, or between the first and the last."""
    columns = [_column(branch) for branch in branches]
    position = 0.0
    for column in columns:
        column.axis = position + column.extent.left
        position += column.extent.width + BESIDE
    half, odd = divmod(len(columns), 2)
    middle = columns[half].axis if odd else (columns[0].axis + columns[-1].axis) / 2
    for column in columns:
        column.axis -= middle
    row = Row(columns, Extent(middle, position - BESIDE - middle, 0.0))
    inner = max(column.extent.height for column in columns)
    row.extent.height = DROP + row.label_height + inner + MEET + DROP
    return row


def _cell(item: Item) -> Cell:
    widths = [text_width(head_of(item), head=True), *(text_width(line) for line in item.lines)]
    half = max(_NARROWEST, max(widths) + 2 * PADDING) / 2
    box = Extent(half, half, 2 * 9.0 + LINE * (1 + len(item.lines)))
    rows = [row_of(stage) for stage in item.stages]
    return Cell(item, box, rows, _stacked([box, *(row.extent for row in rows)], 0.0))


def _column(branch: Branch) -> Column:
    block = block_of(branch.items)
    half = text_width(branch.label) / 2 + 12
    extent = block.extent
    return Column(branch, block, Extent(max(extent.left, half), max(extent.right, half), extent.height))


def _stacked(extents: list[Extent], gap: float) -> Extent:
    return Extent(
        max((each.left for each in extents), default=0.0),
        max((each.right for each in extents), default=0.0),
        sum(each.height for each in extents) + gap * max(len(extents) - 1, 0),
    )
