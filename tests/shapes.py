"""The type checker of the test run (see `conftest.py`)."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Self, get_args

import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype
from beartype.vale import Is
from numpy.typing import NDArray

Records = Annotated[np.ndarray, Is[lambda array: array.dtype.names is not None]]
"""An array of records; beartype would take NumPy's word for it, `void`, for the one dtype without columns."""

READINGS = {
    NDArray[np.void]: Records,
    int: int | np.integer,  # what an integer column gives
    float: float | int | np.integer,  # an integer is welcome where a float is asked for
}
"""What an annotation means to the checker, where that is not what it says."""


def check(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that every call's arguments and result are compared with the annotations.

    Protocols and `Self` are left to mypy: a port need not be checkable while the program runs, and the checker sees one
    method at a time.
    """
    hints = getattr(function, "__annotations__", {}).values()
    unseen = {part: object for hint in hints for part in _parts(hint) if _is_left_to_mypy(part)}
    return beartype(conf=BeartypeConf(hint_overrides=FrozenDict({**READINGS, **unseen})))(function)


def _is_left_to_mypy(hint: Any) -> bool:
    return hint is Self or getattr(hint, "_is_protocol", False)


def _parts(hint: Any) -> Iterator[Any]:
    """An annotation and everything inside its brackets."""
    yield hint
    for part in get_args(hint):
        yield from _parts(part)
