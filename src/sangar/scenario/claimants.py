"""Who says in a scenario where he is, truly or not, to the site's cooperative sensors."""

from typing import Annotated, Literal

import msgspec

from sangar.core.claims import ClaimedCategory
from sangar.scenario.quantities import Coordinate, Identifier, NotNegative, refuse_reversed

CategoryWord = Literal["not_told", "light", "large", "rotorcraft", "unmanned", "surface"]


class Claimant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody with a transmitter, or an entry in the list of own flights.

    Attributes:
        sensor: id of the cooperative sensor that hears it.
        body: id of the threat or traffic whose way it tells.
        category: what it says it is.
        offset_m: how far east, north and up of that body it says to be; a lie unless zero.
        from_s: from when it speaks, seconds after the scenario's start.
        to_s: until when; to the end when left out.
        number: its address or flight number; its place in the file, counted from 1, when left out.
    """

    sensor: Identifier
    body: Identifier
    category: CategoryWord = "not_told"
    offset_m: tuple[Coordinate, Coordinate, Coordinate] = (0.0, 0.0, 0.0)
    from_s: NotNegative = 0.0
    to_s: NotNegative | None = None
    number: Annotated[int, msgspec.Meta(ge=1, le=2**48)] | None = None

    def __post_init__(self) -> None:
        if self.to_s is not None:
            refuse_reversed("from_s", self.from_s, "to_s", self.to_s)

    @property
    def claimed_category(self) -> ClaimedCategory:
        """The category as the tables hold it."""
        return ClaimedCategory[self.category.upper()]
