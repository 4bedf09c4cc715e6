"""Drawings of flows, made from the declarations of steps: a new step needs nothing here."""

from airdock.cli.drawing.chart import Branch, Chart, Item, flow_chart
from airdock.cli.drawing.mermaid import to_mermaid
from airdock.cli.drawing.svg import to_svg

__all__ = ["Branch", "Chart", "Item", "flow_chart", "to_mermaid", "to_svg"]
