"""The scenario file: what happens at a site in an exercise, a demonstration or a study."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sangar.core.effectors import EffectorKind
from sangar.core.errors import ConfigurationError
from sangar.core.time import utc_ns_from_text
from sangar.scenario.bodies import Birds, Flight, Threat, Traffic
from sangar.scenario.claimants import Claimant
from sangar.scenario.places import Place, check_near
from sangar.scenario.quantities import (
    Bearing,
    Chance,
    Count,
    Identifier,
    Line,
    MisfitError,
    NotNegative,
    Positive,
    Seed,
    Text,
    refuse_duplicates,
    refuse_reversed,
)
from sangar.scenario.site import Site
from sangar.scenario.toml_file import read_settings

Duration = Annotated[float, msgspec.Meta(gt=0.0, le=86_400.0)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sensor says nothing for a while.

    Attributes:
        sensor: id of the sensor.
        from_s: from when, seconds after the scenario's start.
        to_s: until when.
        kind: what fails.
    """

    sensor: Identifier
    from_s: NotNegative
    to_s: NotNegative
    kind: Literal["silent"] = "silent"

    def __post_init__(self) -> None:
        refuse_reversed("from_s", self.from_s, "to_s", self.to_s)


class Effector(Place, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A simulated effector and where it stands.

    Attributes:
        id: short name.
        kind: how it works.
        min_range_m: nothing nearer is engaged.
        max_range_m: nothing farther.
        speed_mps: mean speed of the round or interceptor.
        reaction_s: from consent to the first round leaving.
        kill_probability: of one engagement whose intercept point the target really reaches.
        cycle_s: from one shot to readiness for the next.
        rounds: engagements it can make.
        sector_from_deg: permitted firing sector, first true bearing; equal to the last means all round.
        sector_to_deg: its last bearing.
        lethal_distance_m: a target farther than this from the intercept point at the intercept time is missed.
    """

    id: Identifier
    kind: Literal["gun", "interceptor"]
    min_range_m: NotNegative = 100.0
    max_range_m: Positive = 2000.0
    speed_mps: Positive = 800.0
    reaction_s: NotNegative = 1.0
    kill_probability: Chance = 0.6
    cycle_s: NotNegative = 3.0
    rounds: Count = 10
    sector_from_deg: Bearing = 0.0
    sector_to_deg: Bearing = 0.0
    lethal_distance_m: Positive = 15.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_range_m >= self.max_range_m:
            raise MisfitError("min_range_m", "is not below max_range_m", "lower it")

    @property
    def effector_kind(self) -> EffectorKind:
        """The kind as the tables hold it."""
        return EffectorKind[self.kind.upper()]


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The standing policy that decides in place of a person, in demonstrations and studies only.

    Attributes:
        who: the policy in words, as the record and the screen show it.
        decision_s: time from a proposal to the decision.
    """

    who: Line = "Standing policy of the exercise: consent to every proposal"
    decision_s: NotNegative = 3.0


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the exercise's crew says of a body at a time, right or wrong; played, and recorded as any person's word.

    Attributes:
        body: id of a threat or of traffic.
        identity: what the crew says it is.
        at_s: when, seconds after the scenario's start; later where no track follows the body yet.
        person: number of the one who says so.
    """

    body: Identifier
    identity: Literal["unknown", "assumed_friend", "friend", "neutral", "suspect", "hostile"]
    at_s: NotNegative
    person: Annotated[int, msgspec.Meta(ge=2, le=1_000_000)] = 2


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole scenario file. Field names in the file stand in single form: `[[threat]]`, `[[effector]]`, ...

    Attributes:
        name: one line for people.
        description: what it shows, what of it is public fact and what is illustration.
        sources: where the facts come from.
        site: site file it was written for, relative to this file.
        start_utc: the instant of time 0; the site's epoch for this run.
        seed: of every draw; the same seed gives the same raid.
        duration_s: how long it runs.
        threats: `[[threat]]`.
        traffic: `[[traffic]]`, harmless flights.
        birds: `[[birds]]`.
        faults: `[[fault]]`.
        judgements: `[[judgement]]`, what the crew says of bodies.
        claimants: `[[claimant]]`, who says where a body is.
        effectors: `[[effector]]`, simulated.
        desk: `[desk]`, who decides in a demonstration.
    """

    name: Line
    description: Text = ""
    sources: Annotated[tuple[Line, ...], msgspec.Meta(max_length=50)] = ()
    site: Line | None = None
    start_utc: Instant = datetime(2022, 1, 1, tzinfo=UTC)
    seed: Seed = 1
    duration_s: Duration
    threats: Annotated[tuple[Threat, ...], msgspec.Meta(max_length=1000)] = msgspec.field(name="threat", default=())
    traffic: Annotated[tuple[Traffic, ...], msgspec.Meta(max_length=1000)] = ()
    birds: Annotated[tuple[Birds, ...], msgspec.Meta(max_length=100)] = ()
    faults: Annotated[tuple[Fault, ...], msgspec.Meta(max_length=1000)] = msgspec.field(name="fault", default=())
    judgements: Annotated[tuple[Judgement, ...], msgspec.Meta(max_length=1000)] = msgspec.field(
        name="judgement", default=()
    )
    claimants: Annotated[tuple[Claimant, ...], msgspec.Meta(max_length=1000)] = msgspec.field(
        name="claimant", default=()
    )
    effectors: Annotated[tuple[Effector, ...], msgspec.Meta(max_length=64)] = msgspec.field(name="effector", default=())
    desk: Desk = Desk()

    def __post_init__(self) -> None:
        refuse_duplicates("threat", [threat.id for threat in self.threats])
        refuse_duplicates("traffic", [flight.id for flight in self.traffic])
        refuse_duplicates("birds", [birds.id for birds in self.birds])
        refuse_duplicates("effector", [effector.id for effector in self.effectors])

    @property
    def epoch_ns(self) -> int:
        """Nanoseconds UTC since 1970 of time 0."""
        return utc_ns_from_text(self.start_utc.isoformat())


def load_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario file.

    Raises:
        ConfigurationError: the file cannot be read or something in it is wrong.
    """
    return read_settings(path, Scenario)


def check_scenario(scenario: Scenario, site: Site, source: str) -> None:
    """Check that a scenario goes with a site: what it names exists and its places are near.

    Raises:
        ConfigurationError: it does not; `source` names the scenario in the sentence.
    """
    bodies = [flight.id for flight in (*scenario.threats, *scenario.traffic)]
    hears = [sensor.id for sensor in site.sensors if sensor.is_cooperative]
    no_body = "is no threat and no traffic of this scenario"
    for row, fault in enumerate(scenario.faults):
        _check_named(source, f"fault[{row}].sensor", fault.sensor, list(site.sensor_rows), "is no sensor of the site")
    for row, judgement in enumerate(scenario.judgements):
        _check_named(source, f"judgement[{row}].body", judgement.body, bodies, no_body)
    for row, claimant in enumerate(scenario.claimants):
        _check_named(source, f"claimant[{row}].body", claimant.body, bodies, no_body)
        problem = "is no sensor of the site that hears claims"
        _check_named(source, f"claimant[{row}].sensor", claimant.sensor, hears, problem)
    try:
        _check_places(scenario, site)
    except MisfitError as misfit:
        raise ConfigurationError(source, misfit.field, misfit.problem, misfit.mend) from misfit


def _check_named(source: str, field: str, name: str, known: Sequence[str], problem: str) -> None:
    if name not in known:
        choose = f"choose one of: {', '.join(known) or 'none'}"
        raise ConfigurationError(source, field, f"{name!r} {problem}", choose)


def _check_places(scenario: Scenario, site: Site) -> None:
    flights: list[tuple[str, Flight]] = [(f"threat[{row}]", threat) for row, threat in enumerate(scenario.threats)]
    flights += [(f"traffic[{row}]", flight) for row, flight in enumerate(scenario.traffic)]
    for field, flight in flights:
        if flight.has_route:
            check_near(field, flight.waypoints_m(site.frame))
    places: list[tuple[str, Place | None]] = [(f"birds[{row}]", birds) for row, birds in enumerate(scenario.birds)]
    places += [(f"effector[{row}]", effector) for row, effector in enumerate(scenario.effectors)]
    places += [(f"threat[{row}].launch", threat.launch) for row, threat in enumerate(scenario.threats)]
    places += [(f"threat[{row}].aim", threat.aim) for row, threat in enumerate(scenario.threats)]
    for field, place in places:
        if place is not None:
            check_near(field, place.position_m(site.frame))
