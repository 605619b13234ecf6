"""Kernels are optimised together with what they call, and say what they say one by one."""

import numba
import numpy as np
import pytest

from sangar.core.jit import kernel
from sangar.core.whole_program import _WholeCompiler

VALUES = np.arange(10.0)


@kernel
def power(values, first, last):
    """Sum of squares."""
    total = 0.0
    for k in range(first, last):
        total += values[k] ** 2
    return total


@kernel
def halves(values):
    """Sum of squares, and that of the second half twice."""
    middle = values.shape[0] // 2
    return power(values, 0, values.shape[0]) + power(values, middle, values.shape[0])


@kernel
def tails(values):
    """The same of every tail."""
    total = 0.0
    for k in range(values.shape[0]):
        total += halves(values[k:])
    return total


def loop(values):
    """What a study compiles itself."""
    total = 0.0
    for _ in range(3):
        total += tails(values)
    return total


pytestmark = pytest.mark.skipif(not hasattr(tails, "whole"), reason="compiled code is switched off")


def expected_halves(values: np.ndarray) -> float:
    return float((values**2).sum() + (values[len(values) // 2 :] ** 2).sum())


def expected_tails(values: np.ndarray) -> float:
    return sum(expected_halves(values[k:]) for k in range(len(values)))


def test_a_kernel_says_the_same_called_from_python_and_from_another():
    assert halves(VALUES) == expected_halves(VALUES)
    assert tails(VALUES) == expected_tails(VALUES)


def test_a_function_compiled_elsewhere_may_call_a_kernel_that_python_has_called():
    """The machine code's linker must not take the hidden functions of the one for those of the other."""
    assert tails(VALUES) == expected_tails(VALUES)
    assert numba.njit(loop)(VALUES) == 3.0 * expected_tails(VALUES)


def test_what_a_kernel_calls_is_no_function_of_its_own():
    afresh = numba.njit(pipeline_class=_WholeCompiler)(tails.py_func)  # type: ignore[attr-defined]  # not from the cache
    assert afresh(VALUES) == expected_tails(VALUES)
    (code,) = afresh.inspect_llvm().values()
    defined = [line for line in code.splitlines() if line.startswith("define")]
    assert defined
    assert not [line for line in defined if "power" in line or "halves" in line]


def test_a_part_makes_no_machine_code():
    tails(VALUES)
    assert len(halves.overloads) >= 1  # type: ignore[attr-defined]
    for result in halves.overloads.values():  # type: ignore[attr-defined]
        assert result.library.get_pointer_to_function(result.fndesc.llvm_func_name) == 0


def test_other_types_can_be_refused():
    @kernel
    def twice(value):
        return value + value

    assert twice(2.0) == 4.0
    twice.disable_compile()  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        twice(np.zeros(3))
