"""What a kernel does with arrays that it cannot do without memory of its own, told from its text alone.

How many axes an expression has is known where it is cut (`a[:]`), where it is a field whose name is a sub-array in
every record of the package, and of local names given such values. What is not known is not complained of: the compiler
has the last word, in words of its own.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Function, Source, dotted

MAKERS = {"arange", "array", "concatenate", "copy", "empty", "full", "linspace", "ones", "stack", "zeros"}
Ranks = dict[str, int]


def field_ranks(sources: Iterable[Source]) -> Ranks:
    """Number of axes of every field of every record; a name that differs from record to record is left out."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and dotted(node.func) == "np.dtype" and isinstance(node.args[0], ast.List):
                for entry in node.args[0].elts:
                    _note_field(entry, found)
    return {name: ranks.pop() for name, ranks in found.items() if len(ranks) == 1}


def _note_field(entry: ast.expr, found: defaultdict[str, set[int]]) -> None:
    if isinstance(entry, ast.Tuple) and isinstance(entry.elts[0], ast.Constant):
        shape = entry.elts[2] if len(entry.elts) > 2 else ast.Tuple([])
        found[str(entry.elts[0].value)].add(len(shape.elts) if isinstance(shape, ast.Tuple) else 1)


def complaints(function: Function, fields: Ranks) -> Iterator[tuple[int, str]]:
    """(Line, what is wrong there) of a kernel."""
    names = _local_ranks(function, fields)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _makes_array(node):
            yield node.lineno, "makes an array; lend it one from the workspace"
        elif isinstance(node, ast.Return) and node.value is not None:
            if any(_rank(part, fields, names) > 0 for part in _parts(node.value)):
                yield node.lineno, "returns an array; return numbers, or write into an array that was lent"
        elif isinstance(node, ast.Assign | ast.AugAssign) and _fills(node, fields, names):
            yield node.lineno, "assigns a whole row; write the numbers one by one in a loop"


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _pairs(node: ast.Assign | ast.AugAssign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each place that is assigned with its value."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        places, values = _parts(target), _parts(node.value)
        yield from zip(places, values, strict=True) if len(places) == len(values) else ()


def _fills(node: ast.Assign | ast.AugAssign, fields: Ranks, names: Ranks) -> bool:
    """Whether an array is copied to a place by number; a field as a whole (`a["x"] = b["x"]`) may be."""
    return any(
        isinstance(place, ast.Subscript) and not _is_field(place) and _rank(value, fields, names) > 0
        for place, value in _pairs(node)
    )


def _local_ranks(function: Function, fields: Ranks) -> Ranks:
    """Number of axes of the names that are given an array, and nothing else."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for place, value in _pairs(node):
                if isinstance(place, ast.Name):
                    found[place.id].add(_rank(value, fields, {}))
    return {name: ranks.pop() for name, ranks in found.items() if len(ranks) == 1}


def _is_field(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def _makes_array(node: ast.Call) -> bool:
    return dotted(node.func) in {f"np.{maker}" for maker in MAKERS} or dotted(node.func).endswith(".copy")


def _rank(node: ast.expr, fields: Ranks, names: Ranks) -> int:
    """Number of axes as far as it can be told; 0 for a number, a record, and what is not known."""
    if isinstance(node, ast.Name):
        return names.get(node.id, 0)
    if isinstance(node, ast.BinOp):
        return max(_rank(node.left, fields, names), _rank(node.right, fields, names))
    if isinstance(node, ast.Call):
        return int(_makes_array(node))
    if not isinstance(node, ast.Subscript):
        return 0
    if _is_field(node):
        return fields.get(str(ast.literal_eval(node.slice)), 0)
    cuts = sum(isinstance(index, ast.Slice) for index in _parts(node.slice))
    return max(cuts, _rank(node.value, fields, names) - len(_parts(node.slice)) + cuts)
