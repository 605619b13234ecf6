"""Areas of a site file: zones with people, assets, the perimeter, friendly corridors."""

import msgspec

from sangar.scenario.places import Area
from sangar.scenario.quantities import (
    Coordinate,
    Count,
    LanguageCode,
    Line,
    MisfitError,
    NotNegative,
    refuse_reversed,
)


class Zone(Area, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """People who are warned together.

    Attributes:
        name: what people call it; it is spoken in warnings.
        shelter_time_s: time the people need to reach shelter.
        people: how many are there.
        names: its name per language of the alerts, `{ ar = "..." }`; `name` where a language is left out.
        shelter: where its people are to go, per language.
    """

    name: Line
    shelter_time_s: NotNegative = 15.0
    people: Count = 0
    names: dict[LanguageCode, Line] = msgspec.field(default_factory=dict)
    shelter: dict[LanguageCode, Line] = msgspec.field(default_factory=dict)


class Asset(Area, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something worth defending where nobody is warned.

    Attributes:
        name: what people call it.
    """

    name: Line


class Perimeter(Area, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The fence line."""

    id: str = "perimeter"


class Corridor(Area, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Airspace in which friendly flights are expected.

    Attributes:
        name: what people call it.
        floor_m: lower edge, above the site's reference point.
        ceiling_m: upper edge.
        opens_s: from when, seconds since the site's epoch; always when left out.
        closes_s: until when; for ever when left out.
    """

    name: Line
    floor_m: Coordinate
    ceiling_m: Coordinate
    opens_s: Coordinate | None = None
    closes_s: Coordinate | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.floor_m >= self.ceiling_m:
            raise MisfitError("floor_m", "is not below ceiling_m", "exchange the two")
        if self.opens_s is not None and self.closes_s is not None:
            refuse_reversed("opens_s", self.opens_s, "closes_s", self.closes_s)
