"""The site file: the place, its sensors, its people, and the policies of each stage."""

from functools import cached_property
from os.path import normpath
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sangar.assessment.settings import AssessmentSettings, ClearSkySettings
from sangar.core.frames import SiteFrame
from sangar.engagement.settings import EngagementSettings
from sangar.identification.settings import IdentificationSettings
from sangar.scenario.areas import Asset, Corridor, Perimeter, Zone
from sangar.scenario.identity_rules import IdentityRule, Rules, check_rules, shipped_rules
from sangar.scenario.places import check_near
from sangar.scenario.quantities import (
    Altitude,
    Identifier,
    LanguageCode,
    Latitude,
    Line,
    Longitude,
    MisfitError,
    refuse_duplicates,
)
from sangar.scenario.sensors import Sensor
from sangar.scenario.toml_file import read_settings
from sangar.tracking.settings import RegistrationSettings, TrackingSettings
from sangar.warning.settings import WarningSettings

Sensors = Annotated[tuple[Sensor, ...], msgspec.Meta(max_length=256)]
Zones = Annotated[tuple[Zone, ...], msgspec.Meta(max_length=1000)]


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Name and origin of the site.

    Attributes:
        name: what people call it.
        latitude_deg: WGS84 latitude of the origin of the site frame.
        longitude_deg: its longitude.
        altitude_m: its height above the WGS84 ellipsoid.
    """

    name: Line
    latitude_deg: Latitude
    longitude_deg: Longitude
    altitude_m: Altitude = 0.0


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where alerts are to go. Checked, but not delivered to yet: commands that warn say so.

    Attributes:
        id: short name.
        kind: `console` shows them on screen, `file` appends them to a file.
        mode: the one kind of message it carries; there is no default, for a guess would send a drill to the siren.
        audience: `everybody`, or `crew`, who also get what is not meant for people at large (WATCH).
        who: whom it reaches, in words: a role, a place; the id where left out.
        path: the file, for kind `file`.
    """

    id: Identifier
    kind: Literal["console", "file"]
    mode: Literal["live", "exercise", "test"]
    audience: Literal["everybody", "crew"] = "everybody"
    who: Line | None = None
    path: Line | None = None

    def __post_init__(self) -> None:
        if (self.kind == "file") != (self.path is not None):
            problem = (
                f"is missing for kind {self.kind!r}" if self.path is None else f"does not go with kind {self.kind!r}"
            )
            raise MisfitError("path", problem, "give a path to channels of kind 'file', and to no other")


class Alerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How alerts are worded.

    Attributes:
        languages: in which languages, in this order. `en` and `ar` come with Sangar; a file `alerts.<code>.toml` beside
            the site file adds another, or replaces one of these.
    """

    languages: Annotated[tuple[LanguageCode, ...], msgspec.Meta(min_length=1, max_length=16)] = ("en",)

    def __post_init__(self) -> None:
        if len(set(self.languages)) < len(self.languages):
            raise MisfitError("languages", "names a language twice", "remove one")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the stages; every one has a default.

    Attributes:
        tracking: how detections become tracks.
        registration: how sensors' biases are learnt.
        identification: what a track is and whose it is.
        assessment: where and when it will hit or arrive.
        clear_sky: which intruder a sky called clear must not hold.
        warning: who is told what, when.
        engagement: what is proposed against it, in simulation.
    """

    tracking: TrackingSettings = TrackingSettings()
    registration: RegistrationSettings = RegistrationSettings()
    identification: IdentificationSettings = IdentificationSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    clear_sky: ClearSkySettings = ClearSkySettings()
    warning: WarningSettings = WarningSettings()
    engagement: EngagementSettings = EngagementSettings()


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A whole site file. Field names in the file stand in single form: `[[sensor]]`, `[[zone]]`, ...

    Attributes:
        reference: `[site]`, name and origin.
        sensors: `[[sensor]]`.
        zones: `[[zone]]`, people who are warned together.
        assets: `[[asset]]`.
        perimeter: `[perimeter]`, the fence line.
        corridors: `[[corridor]]`, where friendly flights are expected.
        identity_rules: `[[identity_rule]]`, whose a track is; those that come along where there is none.
        channels: `[[channel]]`, where alerts go.
        alerts: `[alerts]`, how they are worded.
        policy: `[policy.*]`, settings of the stages.
    """

    reference: Reference = msgspec.field(name="site")
    sensors: Sensors = msgspec.field(name="sensor", default=())
    zones: Zones = msgspec.field(name="zone", default=())
    assets: tuple[Asset, ...] = msgspec.field(name="asset", default=())
    perimeter: Perimeter | None = None
    corridors: tuple[Corridor, ...] = msgspec.field(name="corridor", default=())
    identity_rules: Rules | None = msgspec.field(name="identity_rule", default=None)
    channels: tuple[Channel, ...] = msgspec.field(name="channel", default=())
    alerts: Alerts = Alerts()
    policy: Policy = Policy()

    def __post_init__(self) -> None:
        refuse_duplicates("sensor", [sensor.id for sensor in self.sensors])
        refuse_duplicates("channel", [channel.id for channel in self.channels])
        for field, areas in (("zone", self.zones), ("asset", self.assets), ("corridor", self.corridors)):
            refuse_duplicates(field, [area.id for area in areas])
            for row, area in enumerate(areas):
                check_near(f"{field}[{row}]", area.corners_m(self.frame))
        if self.perimeter is not None:
            check_near("perimeter", self.perimeter.corners_m(self.frame))
        for row, sensor in enumerate(self.sensors):
            check_near(f"sensor[{row}]", sensor.position_m(self.frame))
        if self.identity_rules is not None:
            check_rules(self.identity_rules, self.policy.identification)
        self._refuse_shared_paths()

    def _refuse_shared_paths(self) -> None:
        """One file, one mode: whoever reads it must never wonder which messages are real."""
        modes: dict[str, str] = {}
        for row, channel in enumerate(self.channels):
            path = normpath(channel.path) if channel.path else ""
            if path and modes.setdefault(path, channel.mode) != channel.mode:
                problem = f"already carries messages of mode {modes[path]!r}"
                raise MisfitError(f"channel[{row}].path", problem, "give each mode a file of its own")

    @property
    def rules(self) -> tuple[IdentityRule, ...]:
        """The rules of identity that hold here."""
        return shipped_rules() if self.identity_rules is None else self.identity_rules

    @cached_property
    def frame(self) -> SiteFrame:
        """The site's east-north-up frame."""
        return SiteFrame(self.reference.latitude_deg, self.reference.longitude_deg, self.reference.altitude_m)

    @cached_property
    def sensor_rows(self) -> dict[str, int]:
        """Row of the sensor table of each sensor id."""
        return {sensor.id: row for row, sensor in enumerate(self.sensors)}


def load_site(path: str | Path) -> Site:
    """Read and check a site file.

    Raises:
        ConfigurationError: the file cannot be read or something in it is wrong.
    """
    return read_settings(path, Site)
