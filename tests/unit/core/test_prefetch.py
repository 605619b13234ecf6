"""Asking for records early changes no result, and only records can be asked for."""

import numpy as np
import pytest
from numba.core.errors import TypingError

from sangar.core.jit import kernel
from sangar.core.lines import LINE_BYTES, zeros_on_lines
from sangar.core.prefetch import prefetch

RECORD = np.dtype([("value", np.float64), ("rest", np.float64, (40,))], align=True)


@kernel
def total(rows):
    """Sum of the values, each asked for two rows early; past the end nothing is read."""
    found = 0.0
    for i in range(rows.shape[0]):
        prefetch(rows[min(i + 2, rows.shape[0] - 1)])
        found += rows[i]["value"]
    return found


@kernel
def ask_for_a_number(number):
    """What is no record stands in no table."""
    prefetch(number)
    return number


def test_nothing_is_changed_by_asking():
    rows = np.zeros(1000, RECORD)
    rows["value"], rows["rest"] = np.arange(1000.0), 7.0
    before = rows.copy()
    assert total(rows) == 499_500.0
    assert (rows == before).all()


def test_every_line_of_a_record_is_asked_for():
    total(np.zeros(3, RECORD))
    (machine_code,) = total.whole.inspect_llvm().values()  # type: ignore[attr-defined]
    lines = -(-RECORD.itemsize // LINE_BYTES)
    assert machine_code.count("call void @llvm.prefetch") >= lines


def test_a_number_is_refused():
    with pytest.raises(TypingError):
        ask_for_a_number(1.0)


@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_records_of_a_line_s_size_lie_in_one_line_each(count):
    record = np.dtype([("next", np.int64), ("marks", np.float64, (7,))], align=True)
    rows = zeros_on_lines(count, record)
    assert rows.shape == (count,)
    assert rows.ctypes.data % LINE_BYTES == 0 or count == 0
    assert not rows["marks"].any()
    assert rows.nbytes == count * LINE_BYTES
