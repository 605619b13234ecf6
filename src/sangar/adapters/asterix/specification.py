"""The generated specification of libasterix, loaded when first needed.

It is one module of 6 MB that takes seconds to import, and a type checker minutes to read: so it is looked up by name.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from asterix.base import Bits

from sangar.core.errors import WireError

EDITIONS = {10: "Cat_010_1_1", 34: "Cat_034_1_29", 48: "Cat_048_1_32", 62: "Cat_062_1_20"}
"""The edition each category is read with; later editions only add items at the end."""


class Content(Protocol):
    """The content of an item, as libasterix gives it."""

    def as_uint(self) -> int:
        """The bits as an unsigned number."""
        ...


class Quantity(Protocol):
    """Content with a unit."""

    def as_quantity(self, unit: str) -> float:
        """The number in the unit of the standard."""
        ...


class Characters(Protocol):
    """Content that is text."""

    def as_string(self) -> str:
        """The characters."""
        ...


class Variation(Protocol):
    """An item's inside: content, or named parts."""

    @property
    def content(self) -> Content:
        """The content of an item without parts."""
        ...

    def get_item(self, name: str) -> "Item | None":
        """A part by its name."""
        ...


class Item(Protocol):
    """An item of a record."""

    @property
    def variation(self) -> Variation:
        """Its inside."""
        ...


class Record(Protocol):
    """A record of a data block."""

    def get_item(self, name: str) -> Item | None:
        """An item by its number in the standard."""
        ...


@cache
def _parser(category: int) -> Callable[[Bits], list[Record] | ValueError]:
    generated = import_module("asterix.generated")
    parser: Callable[[Bits], list[Record] | ValueError] = getattr(generated, EDITIONS[category]).cv_uap.parse
    return parser


def parse_records(category: int, records: bytes) -> list[Record]:
    """The records of one data block, strictly: one that does not follow the standard spoils its block.

    A damaged field specification is often noticed only in the record after it, so the records before are not trusted.

    Raises:
        WireError: the octets do not follow the category's specification.
    """
    parsed = _parser(category)(Bits.from_bytes(records))
    if isinstance(parsed, ValueError):
        raise WireError(f"category {category:03d}: {parsed}", records)
    return parsed


def element(record: Record, item: str, name: str = "") -> Content | None:
    """The content of an item of a record, or of the named part of it; None where the record has it not.

    A part of a part has the names of both, with a point between.
    """
    found = record.get_item(item)
    for part in name.split(".") if name else ():
        found = None if found is None else found.variation.get_item(part)
    return None if found is None else found.variation.content


def number_of(record: Record, item: str, name: str = "") -> int | None:
    """An item, or the named part of it, as the unsigned number it is on the wire; None where absent."""
    content = element(record, item, name)
    return None if content is None else int(content.as_uint())


def quantity_of(record: Record, item: str, name: str, unit: str) -> float:
    """An item, or the named part of it, in the unit the standard gives it; NaN where absent."""
    content = element(record, item, name)
    return float("nan") if content is None else float(cast("Quantity", content).as_quantity(unit))


def text_of(record: Record, item: str, name: str = "") -> str | None:
    """An item, or the named part of it, as text without blanks around it; None where absent or blank."""
    content = element(record, item, name)
    return None if content is None else cast("Characters", content).as_string().strip() or None


def address_of(record: Record, item: str, name: str = "") -> str | None:
    """A Mode S address as six hexadecimal digits; None where absent."""
    address = number_of(record, item, name)
    return None if address is None else f"{address:06X}"


def source_of(record: Record) -> str:
    """System area code and system identification code of item 010, "SAC-SIC"; "" where absent."""
    area, identification = number_of(record, "010", "SAC"), number_of(record, "010", "SIC")
    return "" if area is None or identification is None else f"{area}-{identification}"
