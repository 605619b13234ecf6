"""Ask for a record before it is needed: the processor fetches it while something else is computed.

Ten thousand tracks lie beyond a processor's nearest memory. Where it cannot guess what is touched next (a detection
found through a grid), the first touch waits; asked for early, it does not. No result depends on it.
"""

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

from sangar.core.lines import LINE_BYTES

READ, KEEP, DATA = 0, 3, 1
"""As the instruction wants them: to be read, kept as near as can be, no code."""


def _emit(_: object, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - untyped objects of Numba's
    """A request for each line of the record."""
    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    ask = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
    start = builder.bitcast(arguments[0], byte)
    for offset in range(0, signature.args[0].size, LINE_BYTES):
        line = builder.gep(start, [number(offset)])
        builder.call(ask, [line, number(READ), number(KEEP), number(DATA)])
    return ir.Constant(ir.IntType(8).as_pointer(), None)


def _request(_: object, record: Any) -> tuple[Any, Callable[..., Any]] | None:  # noqa: ANN401
    """Ask for all of a record of a table, and go on."""
    return (types.none(record), _emit) if isinstance(record, types.Record) else None


def _ask_nobody(_: object) -> None:
    """Interpreted kernels wait for longer than for memory."""


prefetch: Callable[[Any], None] = _ask_nobody if numba.config.DISABLE_JIT else intrinsic(_request)  # type: ignore[assignment, attr-defined]
