"""The domain is a function of its arguments (the import contracts see modules; this sees calls)."""

import ast

from tests.architecture.sources import DOMAIN, Source, dotted, sources

OUTWARD_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def _impurities(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            found.append(f"{source.shown}:{node.lineno} global {', '.join(node.names)}")
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        if name in OUTWARD_CALLS or ".random." in f".{name}.":
            found.append(f"{source.shown}:{node.lineno} {name}")
    return found


def test_the_domain_throws_no_dice_and_touches_nothing_outside():
    found = [line for source in sources() if source.package in (*DOMAIN, "core") for line in _impurities(source)]
    assert not found
