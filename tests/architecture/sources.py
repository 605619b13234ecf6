"""The project's sources as syntax trees, read once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "sangar"

DOMAIN = ("tracking", "identification", "assessment", "warning", "engagement", "models")
"""Packages that know no clock, dice, socket, thread, log or file."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """One module of the package."""

    name: str  # dotted
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """First name below `sangar`; empty for `sangar` itself."""
        return self.name.partition(".")[2].partition(".")[0]

    @property
    def is_kernel(self) -> bool:
        """Whether compiled code lives here."""
        return "kernels" in self.path.parts

    @property
    def shown(self) -> str:
        """Path as a person names it."""
        return str(self.path.relative_to(ROOT))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the package, in path order."""
    return tuple(_read(path) for path in sorted(PACKAGE.rglob("*.py")))


def _read(path: Path) -> Source:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    return Source(".".join(parts).removesuffix(".__init__"), path, text, ast.parse(text))


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a module, nested ones too."""
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def classes(source: Source) -> Iterator[ast.ClassDef]:
    """Every class of a module."""
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef))


def imported(source: Source) -> Iterator[str]:
    """Dotted names of what a module imports (`from a import b` gives `a.b`)."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node: ast.expr) -> str:
    """`np.random.normal` of the expression that reads so; empty for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def is_compiled(function: Function) -> bool:
    """Whether a function is machine code."""
    names = {dotted(item.func if isinstance(item, ast.Call) else item) for item in function.decorator_list}
    return any(name.split(".")[-1] in {"kernel", "njit", "jit", "vectorize", "guvectorize"} for name in names)
