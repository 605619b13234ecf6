"""One clear sentence from a failed check: which place in the file, what is wrong, how to mend it."""

import difflib
import re
from collections.abc import Iterator

import msgspec

from sangar.core.errors import ConfigurationError
from sangar.scenario.quantities import PATTERN_SENTENCES, MisfitError

_PLACE = re.compile(r"\A(?P<problem>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?\Z", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`\Z", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`\Z", re.DOTALL)
_PATTERN = re.compile(r"Expected `str` matching regex ('.*')\Z", re.DOTALL)
_CHOICE = re.compile(r"Invalid enum value '(.*)'\Z", re.DOTALL)
_OTHER_TYPE = re.compile(r"Expected (.*), got (.*)\Z")
_LIMIT = re.compile(r"Expected (.*)\Z")
_STEP = re.compile(r"([^.\[\]]+)|\[(?:\d+|\.\.\.)\]")

_WORDS = {
    " | null`": "`",
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "text in quotes",
    "`array`": "a list",
    "`object`": "a table",
    "`bool`": "true or false",
    "`datetime` with a timezone component": "an instant that names its offset from UTC, as 2022-01-04T01:30:00Z",
}


def complaint(source: str, kind: type[msgspec.Struct], error: msgspec.ValidationError) -> ConfigurationError:
    """The error to show a user when `msgspec.convert` refused the tables of a file."""
    match = _PLACE.match(str(error))
    problem, path = (match["problem"], match["path"] or "") if match else (str(error), "")
    if isinstance(error.__cause__, MisfitError):
        misfit = error.__cause__
        return ConfigurationError(source, _join(path, misfit.field), misfit.problem, misfit.mend)
    place = _type_at(kind, path)
    if unknown := _UNKNOWN.match(problem):
        return _unknown_field(source, path, unknown[1], [field.encode_name for field in _fields(place)])
    if missing := _MISSING.match(problem):
        return ConfigurationError(source, _join(path, missing[1]), "is missing", f"add it ({missing[1]} = ...)")
    if choice := _CHOICE.match(problem):
        return _unknown_choice(source, path, choice[1], [str(value) for value in _choices(place)])
    return _unfit_value(source, path, problem)


def _unknown_field(source: str, path: str, name: str, known: list[str]) -> ConfigurationError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    mend = f"did you mean {near[0]!r}?" if near else f"remove it; known here: {', '.join(known)}"
    return ConfigurationError(source, _join(path, _printable(name)), "is not a known field", mend)


def _unknown_choice(source: str, path: str, value: str, known: list[str]) -> ConfigurationError:
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    problem = f"{value[:80]!r} is not a choice"
    return ConfigurationError(source, path, problem, f"{hint}choose one of: {', '.join(known)}")


def _unfit_value(source: str, path: str, problem: str) -> ConfigurationError:
    if pattern := _PATTERN.match(problem):
        known = {repr(text): sentence for text, sentence in PATTERN_SENTENCES.items()}
        return ConfigurationError(source, path, "is not usable text", f"write {known.get(pattern[1], 'other text')}")
    for code, words in _WORDS.items():
        problem = problem.replace(code, words)
    if other := _OTHER_TYPE.match(problem):
        return ConfigurationError(source, path, f"is {other[2]}, not {other[1]}", f"write {other[1]}")
    if limit := _LIMIT.match(problem):
        return ConfigurationError(source, path, "is outside its limits", f"write {limit[1]}")
    return ConfigurationError(source, path, problem[:1].lower() + problem[1:], "correct the value")


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= 80 else repr(name[:80])


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path and field else path or field


def _fields(place: object) -> tuple[msgspec.inspect.Field, ...]:
    structs = [option for option in _alternatives(place) if isinstance(option, msgspec.inspect.StructType)]
    return structs[0].fields if structs else ()


def _choices(place: object) -> list[object]:
    options = _alternatives(place)
    return [value for option in options if isinstance(option, msgspec.inspect.LiteralType) for value in option.values]


def _alternatives(place: object) -> Iterator[object]:
    """The types a place may hold, optional and annotated types unwrapped."""
    if isinstance(place, msgspec.inspect.UnionType):
        for option in place.types:
            yield from _alternatives(option)
    elif isinstance(place, msgspec.inspect.Metadata):
        yield from _alternatives(place.type)
    else:
        yield place


def _type_at(kind: type[msgspec.Struct], path: str) -> object:
    """The type the settings expect at a dotted path; None where the path leads nowhere."""
    place: object = msgspec.inspect.type_info(kind)
    for step in _STEP.finditer(path):
        place = _type_inside(place, step[1])
    return place


def _type_inside(place: object, name: str | None) -> object:
    """The type of a field of that name, or of a list's items where there is no name."""
    if name is not None:
        return next((field.type for field in _fields(place) if field.encode_name == name), None)
    lists = [option for option in _alternatives(place) if isinstance(option, msgspec.inspect.VarTupleType)]
    return lists[0].item_type if lists else None
