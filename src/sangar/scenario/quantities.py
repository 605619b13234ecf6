"""The numbers and words a settings file may hold, each with its limits, and what is said when one does not fit."""

from typing import Annotated

import msgspec

Latitude = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]
Altitude = Annotated[float, msgspec.Meta(ge=-1000.0, le=100_000.0)]
Bearing = Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)]
Slope = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
Positive = Annotated[float, msgspec.Meta(gt=0.0, le=1e9)]
NotNegative = Annotated[float, msgspec.Meta(ge=0.0, le=1e9)]
Coordinate = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
Decibel = Annotated[float, msgspec.Meta(ge=-200.0, le=200.0)]
Chance = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]

LANGUAGE_PATTERN = r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"
IDENTIFIER_PATTERN = r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z"
LINE_PATTERN = "\\A[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]{1,400}\\Z"
TEXT_PATTERN = "\\A[^\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]{0,4000}\\Z"

Identifier = Annotated[str, msgspec.Meta(pattern=IDENTIFIER_PATTERN)]
"""A name a machine may use: it goes into file names, events and alerts."""
LanguageCode = Annotated[str, msgspec.Meta(pattern=LANGUAGE_PATTERN)]
"""BCP 47 tag of a language, `en`, `ar`, `zh-Hant`."""
Line = Annotated[str, msgspec.Meta(pattern=LINE_PATTERN)]
"""One line for people: no control characters, no marks that turn the direction of writing."""
Text = Annotated[str, msgspec.Meta(pattern=TEXT_PATTERN)]
"""Several lines for people."""

PATTERN_SENTENCES = {
    LANGUAGE_PATTERN: "a language tag such as en, ar or zh-Hant",
    IDENTIFIER_PATTERN: "1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit",
    LINE_PATTERN: "one line of 1 to 400 characters without control characters",
    TEXT_PATTERN: "at most 4000 characters without control characters",
}
"""What each pattern asks for, in words."""


class MisfitError(ValueError):
    """A value that has the right type but cannot be meant; the loader adds the file and the place.

    Attributes:
        field: name of the field at fault, as the file spells it; empty for the whole table.
        mend: what to write instead.
    """

    def __init__(self, field: str, problem: str, mend: str) -> None:
        self.field, self.problem, self.mend = field, problem, mend
        super().__init__(f"{problem}; {mend}")


def refuse_duplicates(field: str, identifiers: list[str]) -> None:
    """Check that no two tables of one kind carry the same id.

    Raises:
        MisfitError: two do.
    """
    seen: dict[str, int] = {}
    for row, identifier in enumerate(identifiers):
        if identifier in seen:
            raise MisfitError(
                f"{field}[{row}].id", f"{identifier!r} is already the id of {field}[{seen[identifier]}]", "rename one"
            )
        seen[identifier] = row


def refuse_reversed(first: str, first_s: float, last: str, last_s: float) -> None:
    """Check that the time in one field is before that in another.

    Raises:
        MisfitError: it is not.
    """
    if first_s >= last_s:
        raise MisfitError(first, f"is not before {last}", "exchange the two")
