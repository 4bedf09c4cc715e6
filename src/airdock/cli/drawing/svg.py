"""A chart as an SVG picture, with nothing but this module."""

from html import escape

from airdock.cli.drawing.chart import Branch, Chart
from airdock.cli.drawing.layout import DROP, GAP, LINE, PADDING, Block, Cell, Column, Row, block_of, text_width
from airdock.cli.drawing.words import cut

_MARGIN = 24.0
_PILL = 30.0
_LANE = 56.0
"""Between the flow and the handlers of its errors."""

_STYLE = """
.paper,.label{fill:#fff}.tip{fill:#6b7a90}.pill{fill:#1f2a3a}.fail{fill:#a63d2f}
.box{fill:#f6f8fb;stroke:#8fa1b8}.parts{fill:#eaf2fd;stroke:#4f86c6}.end{fill:#fdf0ee;stroke:#c8695a}
.way{fill:none;stroke:#6b7a90;stroke-width:1.4}.trouble{stroke:#c8695a;stroke-dasharray:5 4}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#3c4a5e}
.head,.on{font:600 13px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
.head{fill:#17202c}.own{font-weight:400;fill:#5a6a80}.on{fill:#fff}
@media (prefers-color-scheme:dark){.paper,.label{fill:#10151c}.pill{fill:#33445c}
.box{fill:#1b232e;stroke:#4b5b70}.parts{fill:#16283f;stroke:#4f86c6}.end{fill:#331e1b;stroke:#b3604f}
text{fill:#b9c5d6}.head{fill:#edf2f8}.own{fill:#94a3b8}.on{fill:#fff}}
""".strip()


def to_svg(chart: Chart) -> str:
    """The picture; it fits light and dark pages."""
    return _Painter().chart(chart)


class _Painter:
    def __init__(self) -> None:
        self._ways: list[str] = []
        self._shapes: list[str] = []

    def chart(self, chart: Chart) -> str:
        main = block_of(chart.items)
        title = cut(chart.title, 60)
        half = _pill_half(title)
        left, right = max(main.extent.left, half), max(main.extent.right, half)
        x = _MARGIN + left
        bottom = self._lane(main, x, title, "answer")
        edge = x + right
        for handler in chart.handlers:
            edge, low = self._handler(handler, edge)
            bottom = max(bottom, low)
        return self._document(title, edge + _MARGIN, bottom + _MARGIN)

    def _handler(self, handler: Branch, edge: float) -> tuple[float, float]:
        block = block_of(handler.items)
        half = _pill_half(handler.label)
        x = edge + _LANE + max(block.extent.left, half)
        bottom = self._lane(block, x, handler.label, "", failure=True)
        return x + max(block.extent.right, half), bottom

    def _lane(self, block: Block, x: float, start: str, end: str, failure: bool = False) -> float:
        """Steps between what starts and what ends them; how far down they reach."""
        self._pill(x, _MARGIN, start, "pill fail" if failure else "pill")
        y = _MARGIN + _PILL
        if block.cells:
            self._arrow(x, y, y + GAP)
            y = self._block(block, x, y + GAP)
        if end and not block.ends:
            self._arrow(x, y, y + GAP)
            self._pill(x, y + GAP, end, "pill")
            y += GAP + _PILL
        return y

    def _block(self, block: Block, x: float, y: float) -> float:
        for index, cell in enumerate(block.cells):
            if index:
                if not block.cells[index - 1].ends:
                    self._arrow(x, y, y + GAP)
                y += GAP
            y = self._cell(cell, x, y)
        return y

    def _cell(self, cell: Cell, x: float, y: float) -> float:
        self._box(cell, x, y)
        y += cell.box.height
        for row in cell.rows:
            self._row(row, x, y)
            y += row.extent.height
        return y

    def _row(self, row: Row, x: float, y: float) -> None:
        below = y + row.extent.height
        for column in row.columns:
            self._column(column, x, y, below, row.label_height)

    def _column(self, column: Column, x: float, y: float, below: float, label_height: float) -> None:
        branch, at = column.branch, x + column.axis
        top = y + DROP + label_height
        kind = "way trouble" if branch.error else "way"
        entry = top if column.block.cells else below - DROP
        self._way(_bent(x, y, at, y + DROP, entry), kind)
        if branch.label:
            self._label(branch.label, at, y + DROP + label_height / 2 - 2)
        end = top
        if column.block.cells:
            self._tip(at, top)
            end = self._block(column.block, at, top)
        if not column.block.ends:
            self._way(_bent(x, below, at, below - DROP, min(end, below - DROP)), "way")

    def _box(self, cell: Cell, x: float, y: float) -> None:
        item, box = cell.item, cell.box
        kind = "end" if item.ends else "parts" if item.stages else "box"
        left = x - box.left
        self._shapes.append(
            f'<rect class="{kind}" x="{left:g}" y="{y:g}" width="{box.width:g}" height="{box.height:g}" rx="7"/>'
        )
        name = f'<tspan class="own" dx="8">{_text(item.name)}</tspan>' if item.name else ""
        base = y + 9 + 13
        self._shapes.append(f'<text class="head" x="{left + PADDING:g}" y="{base:g}">{_text(item.type)}{name}</text>')
        for number, line in enumerate(item.lines, 1):
            self._shapes.append(f'<text x="{left + PADDING:g}" y="{base + number * LINE:g}">{_text(line)}</text>')

    def _pill(self, x: float, y: float, text: str, kind: str) -> None:
        half = _pill_half(text)
        self._shapes.append(
            f'<rect class="{kind}" x="{x - half:g}" y="{y:g}" width="{2 * half:g}" height="{_PILL:g}" rx="15"/>'
            f'<text class="on" x="{x:g}" y="{y + 20:g}" text-anchor="middle">{_text(text)}</text>'
        )

    def _label(self, text: str, x: float, y: float) -> None:
        width = text_width(text) + 8
        self._shapes.append(
            f'<rect class="label" x="{x - width / 2:g}" y="{y - 9:g}" width="{width:g}" height="18"/>'
            f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle">{_text(text)}</text>'
        )

    def _arrow(self, x: float, y: float, to: float) -> None:
        self._way(f"M{x:g} {y:g}V{to - 5:g}", "way")
        self._tip(x, to)

    def _tip(self, x: float, y: float) -> None:
        self._ways.append(f'<path class="tip" d="M{x - 4.5:g} {y - 8:g}h9L{x:g} {y:g}z"/>')

    def _way(self, path: str, kind: str) -> None:
        self._ways.append(f'<path class="{kind}" d="{path}"/>')

    def _document(self, title: str, width: float, height: float) -> str:
        size = f'width="{width:.0f}" height="{height:.0f}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
            f"<title>{_text(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" {size}/>',
            *self._ways,
            *self._shapes,
            "</svg>",
        ]
        return "\n".join(parts) + "\n"


def _bent(x: float, y: float, to_x: float, bend: float, to_y: float) -> str:
    """A way from (x, y) to the height `bend`, across to `to_x`, and on to `to_y`, with rounded corners."""
    if abs(to_x - x) < 1:
        return f"M{x:g} {y:g}V{to_y:g}"
    side = 1 if to_x > x else -1
    down = 1 if bend > y else -1
    radius = min(8.0, abs(to_x - x) / 2, abs(bend - y))
    return (
        f"M{x:g} {y:g}V{bend - down * radius:g}Q{x:g} {bend:g} {x + side * radius:g} {bend:g}"
        f"H{to_x - side * radius:g}Q{to_x:g} {bend:g} {to_x:g} {bend + down * radius:g}V{to_y:g}"
    )


def _pill_half(text: str) -> float:
    return text_width(text, head=True) / 2 + 16


def _text(text: str) -> str:
    return escape(text)
