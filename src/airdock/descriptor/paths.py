"""The paths of steps: what the run log, an error and `airdock runs show` call a step.

A step's path is the path of what it stands in, a dot, and its own name; a step without a name has its position, from 1.
What stands between a step and the steps inside it:

| inside step `3` | path of the first step in it |
|---|---|
| a sub-flow with the name `welcome` | `3.welcome.1` |
| a sub-flow without a name in the second of its `cases` | `3.case2.1` |
| a sub-flow without a name in `otherwise` | `3.otherwise.1` |
| its `steps`, or its `flow` without a name | `3.1` |
| the steps of the first entry of `catch`, and `finally` | `3.catch1.1`, `3.finally.1` |
| the second of its `flows` | `3.flow2.1` |

The steps of a template are inside the step that uses it: `3.1`. The steps of a flow's `onError` are `onError1.1` and
so on. Names may repeat; of two steps that would have one path the second gets `#2` behind it, so every path in a file
is one step's.
"""

from airdock.descriptor.tree import Node

_SILENT = ("steps", "flow")


class StepPaths:
    """Gives every step of a file a path of its own."""

    def __init__(self) -> None:
        self._bases: dict[int, str] = {}
        self._times: dict[str, int] = {}
        self.count = 0

    def step(self, steps: Node, base: str, position: int, name: str) -> str:
        """The path of the step at a position of a list, and from here on the base of what stands in it."""
        wanted = f"{base}.{name or position}" if base else name or str(position)
        path = self._claim(wanted)
        self.count += 1
        self._bases[id(steps.value[position - 1])] = path
        return path

    def enter(self, steps: Node, base: str) -> None:
        """Makes a step the base of the steps in a list that stands elsewhere, in a template."""
        self._bases[id(steps)] = base

    def sub_flow(self, node: Node, name: str) -> None:
        """Makes a named sub-flow the base of the steps in it."""
        if name:
            owner, _ = self._owner(node)
            self._bases[id(node)] = f"{owner}.{name}" if owner else name

    def base(self, node: Node) -> str:
        """What the paths of the steps in a list begin with; empty for the steps of the flow itself."""
        owner, between = self._owner(node)
        return ".".join([owner, *between]) if owner else ".".join(between)

    def _owner(self, node: Node) -> tuple[str, list[str]]:
        between: list[str] = []
        at = node
        while id(at) not in self._bases and at.parent is not None:
            key, at = at.key, at.parent
            if isinstance(key, int):
                if isinstance(at.key, str):
                    between.append(f"{_singular(at.key)}{key + 1}")
                    if at.parent is not None and id(at) not in self._bases:
                        at = at.parent
            elif key not in _SILENT:
                between.append(str(key))
        return self._bases.get(id(at), ""), between[::-1]

    def _claim(self, wanted: str) -> str:
        path = wanted
        while path in self._times:
            self._times[wanted] += 1
            path = f"{wanted}#{self._times[wanted]}"
        self._times[path] = 1
        return path


def _singular(name: str) -> str:
    if name.endswith(("ches", "shes", "sses", "xes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") else name
