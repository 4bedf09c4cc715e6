"""What is put into a template's tree so that its rendering is counted."""

from typing import TypeVar

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

# No author can write such a name.
EACH, SPEND, CONCAT, MADE = "(each)", "(spend)", "(concat)", "(made)"

Tree = TypeVar("Tree", bound=nodes.Node)


def counted(tree: Tree) -> Tree:
    """The tree with calls of the filters above in it.

    Rounds of loops are counted, also of those that a loop's `if` leaves out; literal text where it may stand many
    times; texts that are put together by `~`; lists and objects that are written in the template.
    """
    _Rewriter().visit(tree)
    return tree


class _Rewriter(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 -- the library's way to name them
        self.generic_visit(node)
        node.iter = _filtered(node.iter, EACH)
        return _told(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _told(node)

    visit_CallBlock = visit_Block = visit_Template = visit_Macro  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), CONCAT)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if all(isinstance(item, nodes.Const) for item in node.items) else _filtered(node, MADE)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        return self.visit_List(node) if node.ctx == "load" else node  # type: ignore[arg-type]  # `items`, too

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, MADE)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _told(node: nodes.For | nodes.Macro | nodes.CallBlock | nodes.Block | nodes.Template) -> nodes.Node:
    """The node with its literal text paid for whenever its body begins."""
    length = sum(map(_length, node.body))
    if length:
        spend = _filtered(nodes.Const(length, lineno=node.lineno), SPEND)
        node.body.insert(0, nodes.ExprStmt(spend, lineno=node.lineno))
    return node


def _length(node: nodes.Node) -> int:
    """How much literal text there is in a node, without what is paid for by itself."""
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    if isinstance(node, nodes.For):
        return sum(map(_length, node.else_))
    if isinstance(node, nodes.Macro | nodes.CallBlock | nodes.Block):
        return 0
    return sum(map(_length, node.iter_child_nodes()))
