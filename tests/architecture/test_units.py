"""Every number that crosses an interface carries its unit in its name."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from tests.architecture.sources import Source, sources

UNITS = {
    "m", "m2", "m3", "km", "s", "ns", "ms", "mps", "mps2", "m2ps3", "1pm", "rad", "radps", "deg", "degps", "db",
    "dbsm", "hz", "kg", "pa", "k", "mib", "in",
}  # fmt: skip
DIMENSIONLESS = {
    "bins", "clutter", "confidence", "correlation", "cost", "count", "covered", "factor", "fraction", "gate",
    "hostility", "index", "likelihood", "logit", "order", "people", "per", "percentile", "probability",
    "purity", "quantile", "ratio", "score", "seed", "share", "sigmas", "threshold", "weight",
}  # fmt: skip
"""Words of which one in a name says that the number has no unit."""
BARE = {
    "level",
    "localisation",
    "missed",
    "false",
    "drag_prior_sigma",
    "speed",
    "prior",
    "posterior",
    "existence",
    "high",
    "low",
    "z",
    "ambiguity",
    "completeness",
    "mota",
    "spuriousness",
}
"""Names that stand alone, dimensionless or with the unit of what they were made from (said in their docstring)."""

SELF_EVIDENT = {"Rate(value)", "Share(value)"}
"""Records that are the quantity."""


def carries_unit(name: str) -> bool:
    """Whether a reader can tell the unit of a number with this name."""
    words = name.split("_")
    return words[-1] in UNITS or bool(DIMENSIONLESS & set(words)) or name in BARE


def _is_share_of_one(limit: Any) -> bool:
    """Whether a limit allows numbers between 0 and 1 only: a probability, whatever its name."""
    if not isinstance(limit, msgspec.Meta):
        return False
    return 0 in (limit.ge, limit.gt) and 1 in (limit.le, limit.lt)


def is_float(hint: Any) -> bool:
    """Whether a value of this annotation is one float with a unit to tell (constrained or optional ones too)."""
    if get_origin(hint) is Annotated:
        value, *limits = get_args(hint)
        return is_float(value) and not any(_is_share_of_one(limit) for limit in limits)
    if get_origin(hint) in (Union, UnionType):
        return any(is_float(part) for part in get_args(hint))
    return hint is float


def _floats(subject: Any) -> Iterator[str]:
    hints = get_type_hints(subject, include_extras=True)
    return (name for name, hint in {**hints, **_limits(subject)}.items() if name != "return" and is_float(hint))


def _limits(subject: Any) -> dict[str, Any]:
    """What `XxxSettings` says of the fields that `XxxParameters` repeats as bare floats for the compiler."""
    settings = subject.__name__.removesuffix("Parameters") + "Settings"
    stated = getattr(importlib.import_module(subject.__module__), settings, None)
    hints = get_type_hints(stated, include_extras=True) if stated else {}
    return {name: hint for name, hint in hints.items() if name in getattr(subject, "_fields", ())}


def _is_record(subject: Any) -> bool:
    return inspect.isclass(subject) and (hasattr(subject, "__struct_fields__") or hasattr(subject, "_fields"))


def _subjects(source: Source) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public records and functions of a module, methods of public classes too."""
    module = importlib.import_module(source.name)
    own = {name: item for name, item in vars(module).items() if getattr(item, "__module__", "") == source.name}
    for name, item in own.items():
        if name.startswith("_"):
            continue
        if _is_record(item) or inspect.isfunction(item):
            yield name, item
        if inspect.isclass(item):
            methods = {key: value for key, value in vars(item).items() if inspect.isfunction(value) and key[0] != "_"}
            yield from ((f"{name}.{key}", value) for key, value in methods.items())


@pytest.mark.parametrize(
    "source", [pytest.param(source, id=source.name) for source in sources() if not source.is_kernel]
)
def test_every_float_that_crosses_an_interface_names_its_unit(source):
    nameless = [
        f"{where}({name})" for where, item in _subjects(source) for name in _floats(item) if not carries_unit(name)
    ]
    assert not set(nameless) - SELF_EVIDENT


@pytest.mark.parametrize("name", ["range", "period", "max_speed", "sigma", "mass"])
def test_a_name_without_a_unit_is_recognised(name):
    assert not carries_unit(name)


@pytest.mark.parametrize("name", ["range_m", "period_s", "kill_probability", "range_rate_mps", "false_alarms_per_scan"])
def test_a_name_with_a_unit_is_let_alone(name):
    assert carries_unit(name)
