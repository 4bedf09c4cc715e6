"""A chart as the text of a Mermaid flowchart."""

from collections.abc import Iterable

from airdock.cli.drawing.chart import Branch, Chart, Item

_ESCAPED = str.maketrans({char: f"#{ord(char)};" for char in '#"<>&`%\\'})


def to_mermaid(chart: Chart) -> str:
    """The flowchart; it can be pasted where Mermaid is understood, such as a README."""
    writer = _Writer()
    return "\n".join(writer.chart(chart)) + "\n"


class _Way:
    """An edge that has begun: from which node, with which label."""

    def __init__(self, source: str, label: str = "", error: bool = False) -> None:
        self.source = source
        self.label = label
        self.error = error

    def to(self, target: str) -> str:
        arrow = "-.->" if self.error else "-->"
        return f"  {self.source} {arrow}{f'|{_quoted(self.label)}|' if self.label else ''} {target}"


class _Writer:
    def __init__(self) -> None:
        self._lines = ["flowchart TD"]
        self._count = 0

    def chart(self, chart: Chart) -> list[str]:
        self._lines.append(f"  start([{_quoted(chart.title)}])")
        ways = self._items(chart.items, [_Way("start")])
        for number, handler in enumerate(chart.handlers, 1):
            self._handler(handler, f"error{number}")
        if ways:
            self._lines.append('  answer(["answer"])')
            self._enter("answer", ways)
        return self._lines

    def _handler(self, handler: Branch, node: str) -> None:
        self._lines.append(f"  {node}([{_quoted(handler.label)}])")
        self._items(handler.items, [_Way(node)])

    def _items(self, items: Iterable[Item], ways: list[_Way]) -> list[_Way]:
        """Draws steps behind the ways that lead to them; the ways that lead on."""
        for item in items:
            ways = self._item(item, ways)
        return ways

    def _item(self, item: Item, ways: list[_Way]) -> list[_Way]:
        self._count += 1
        node = f"n{self._count}"
        head = f"{item.type} · {item.name}" if item.name else item.type
        opening, closing = ("{{", "}}") if item.stages else ("[", "]")
        self._lines.append(f"  {node}{opening}{_quoted(head, *item.lines)}{closing}")
        self._enter(node, ways)
        if item.ends:
            return []
        ways = [_Way(node)]
        for stage in item.stages:
            ways = self._stage(stage, ways, node)
        return ways

    def _stage(self, stage: tuple[Branch, ...], ways: list[_Way], node: str) -> list[_Way]:
        joined = ways if len(ways) == 1 and not ways[0].label else self._join(ways)
        source = joined[0].source if joined else node
        ended = []
        for branch in stage:
            ended += self._items(branch.items, [_Way(source, branch.label, branch.error)])
        return ended

    def _join(self, ways: list[_Way]) -> list[_Way]:
        """A point where ways meet."""
        if not ways:
            return []
        self._count += 1
        node = f"n{self._count}"
        self._lines.append(f'  {node}((" "))')
        self._enter(node, ways)
        return [_Way(node)]

    def _enter(self, node: str, ways: list[_Way]) -> None:
        self._lines += [way.to(node) for way in ways]


def _quoted(*lines: str) -> str:
    return '"' + "<br/>".join(line.translate(_ESCAPED) for line in lines) + '"'
