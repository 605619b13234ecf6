"""The code of a tutorial: its blocks, run in order in one namespace as a reader would, and what they print.

A ```` ```python ```` block is run; a ```` ```text ```` block after it says what it prints.

    python -m docs.tutorial_code

writes what the blocks print now into the page.
"""

import contextlib
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

TUTORIALS = Path(__file__).parent / "tutorials"
SWARM_TUTORIAL = TUTORIALS / "02-one-target-to-a-swarm.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block of code.

    Attributes:
        line: of the page, where its code begins.
        code: as it stands there.
        promised: what the page says it prints; None where it says nothing.
    """

    line: int
    code: str
    promised: str | None


class Run(NamedTuple):
    """What came of a page's code.

    Attributes:
        printed: by each block.
        names: the variables at the end.
    """

    printed: list[str]
    names: dict[str, Any]


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(text.count("\n", 0, found.start(1)) + 1, found[1], found[2]) for found in _BLOCK.finditer(text)]


def run(page: Path) -> Run:
    """Run a page's blocks; an error shows the line of the page."""
    names: dict[str, Any] = {"__name__": page.stem}
    printed = []
    for block in blocks(page):
        out = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
        with contextlib.redirect_stdout(out):
            exec(code, names)
        printed.append(out.getvalue())
    return Run(printed, names)


def main() -> None:
    """Write into the tutorial what its blocks print."""
    text, place = SWARM_TUTORIAL.read_text(encoding="utf-8"), 0
    for block, printed in zip(blocks(SWARM_TUTORIAL), run(SWARM_TUTORIAL).printed, strict=True):
        place = text.index(block.code, place) + len(block.code)
        if block.promised is not None:
            begin = text.index("```text\n", place) + len("```text\n")
            text = text[:begin] + printed + text[begin + len(block.promised) :]
    SWARM_TUTORIAL.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
