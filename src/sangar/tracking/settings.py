"""Settings of the multi-target tracker."""

import math
from typing import Annotated, Literal, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Probability

NOWHERE = (0.0, 0.0, -1.0)
"""A circle that nothing comes to."""
URGENT_SHARE = 0.1
"""Share of the tracks of clutter that is taken to be urgent until it has been measured."""
JOINT_HIGHEST_COST = 3.0
"""A pairing e^3 times less likely than clutter and a miss is not worth weighing."""


class TrackingParameters(NamedTuple):
    """The tracker's settings as compiled code takes them: scalars only. Meanings stand in `TrackingSettings`."""

    gate: float
    joint: int
    highest_cost: float
    steady_noise_m2ps3: float
    manoeuvre_noise_m2ps3: float
    vertical_noise_ratio: float
    steady_time_s: float
    manoeuvre_time_s: float
    turn_limit_mps2: float
    turn_time_s: float
    initial_speed_mps: float
    initial_climb_mps: float
    false_tracks_per_hour: float
    urgent_false_tracks_per_hour: float
    urgent_time_s: float
    urgent_speed_mps: float
    urgent_share: float
    defended_east_m: float
    defended_north_m: float
    defended_radius_m: float
    confirmation_score: float
    confirmation_hits: int
    urgent_confirmation_hits: int
    confirmation_time_s: float
    tentative_misses: int
    confirmed_misses: int
    coast_minimum_s: float
    coast_limit_s: float
    late_limit_s: float
    birth_logit: float
    thrown_prior_logit: float
    thrown_noise_m2ps3: float
    unknown_height_m: float
    initial_thrown_mps: float
    drag_prior_1pm: float
    drag_prior_sigma: float
    drift_prior_mps: float
    drag_noise_hz: float
    ground_m: float
    scar_radius_m: float
    scar_height_m: float
    scar_time_s: float
    latitude_rad: float
    altitude_m: float
    robust_sigmas: float
    clutter_memory_s: float
    report_score: float
    echo_time_s: float
    bearing_memory_s: float
    bearing_crossing_ratio: float
    bearing_fix_ratio: float
    bearing_birth_score: float
    memory_s: float
    recall_logit: float
    new_bodies_per_m2: float
    realigns: int


class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How detections become tracks.

    Attributes:
        gate: largest squared Mahalanobis distance of a detection from a track; dimensionless (30 = 5.5 sigma).
        association: "nearest" gives each track at most one detection, the most likely assignment of all; "joint" weighs
            all it may be by their probability: for dense clutter, and bodies closer together than the sensor's noise.
        steady_noise_m2ps3: white acceleration noise of the steady motion model.
        manoeuvre_noise_m2ps3: the same of the manoeuvring model, beside its turn.
        vertical_noise_ratio: vertical noise over horizontal noise.
        steady_time_s: mean time a body flies steadily before it manoeuvres.
        manoeuvre_time_s: mean time a manoeuvre lasts.
        turn_limit_mps2: largest lateral acceleration that the manoeuvring model turns with.
        turn_time_s: time over which it learns its turn rate from its own course.
        initial_speed_mps: 1 sigma of each horizontal velocity component before it is measured.
        initial_climb_mps: the same for the vertical one.
        false_tracks_per_hour: confirmed tracks an hour that clutter alone may make, all sensors together; the evidence
            that confirms a track follows from it.
        urgent_false_tracks_per_hour: the same, in addition, for tracks that are fast and on their way to the site's
            areas: they are few among the false ones, so the same rate lets them through sooner.
        urgent_time_s: a track is urgent when it would be over the site's areas so soon, or is thrown at them ...
        urgent_speed_mps: ... and goes at least this fast.
        confirmation_score: log-odds of existence a track must have in any case.
        confirmation_hits: and the fewest detections it takes (real clutter is not scattered by dice alone) ...
        urgent_confirmation_hits: ... of an urgent track ...
        confirmation_time_s: ... over at least this long: twenty echoes of one second of clutter are one witness.
        tentative_misses: missed looks in a row after which an unconfirmed track is dropped.
        confirmed_misses: missed looks in a row after which a confirmed track is dropped; looks of a sensor that should
            have seen it, each counted by what it tells: 1 at a detection probability of 0.9, 0.3 at 0.5.
        coast_minimum_s: but not before this long without a detection (fast sensors miss five looks in a moment).
        coast_limit_s: and the longest time without a detection in any case; no track coasts longer than it was watched.
        late_limit_s: a report may come this much later than a newer one and still correct what was seen since.
        birth_density_ratio: density of new targets over density of clutter.
        unknown_height_m: height (and its 1 sigma) of a body whose sensor measures none, above the site.
        thrown_prior: probability that a new body is ballistic before it has moved.
        thrown_noise_m2ps3: acceleration noise of the ballistic model (wind, wobble).
        initial_thrown_mps: 1 sigma of a ballistic body's velocity components before they are measured.
        robust_sigmas: innovations of a ballistic body beyond this many sigma are weighted down (Huber).
        drag_prior_1pm: expected drag constant k in a = -k (rho / rho0) |v| v.
        drag_prior_sigma: 1 sigma of ln k.
        drift_prior_mps: 1 sigma of the drift speed of what may spin (see `models.kernels.ballistic`).
        drag_noise_hz: growth of the variance of ln k in a second: drag changes with speed near that of sound.
        ground_m: height of the ground where bodies fall, above the site's reference point.
        scar_radius_m: echoes of debris start no track within this distance of a fresh impact ...
        scar_height_m: ... below this height above the ground ...
        scar_time_s: ... for this long.
        clutter_memory_s: time over which each sensor's clutter is mapped, and believed where it is denser than stated;
            0 for no map.
        report_score: log-odds of existence that one report of another tracker adds.
        echo_time_s: a source that is sent our picture may for this long after the end of a track of ours still report
            it: its own voice, that starts no track.
        bearing_memory_s: how long a bearing that no track took may still start one with another sensor's; at most, and
            never much longer than until its sensor looks again.
        bearing_crossing_deg: smallest angle at which two bearings may cross to start a track.
        bearing_fix_ratio: largest 1 sigma of where they cross, over the distance from the farther sensor.
        bearing_birth_score: log-odds of one new body, against clutter, from which a crossing starts a tentative track.
        memory_s: a lost track is remembered for this long; found again, it keeps its number.
        recall_ratio: a new track is taken for a lost one when that is so many times as likely as a new body.
        new_bodies_per_km2: new bodies to be expected within `memory_s`, per square kilometre.
        realigns: whether a sensor that does not agree with the others is used again, corrected, where one constant turn
            or delay explains all that it reports; it stays flagged.
        track_limit: rows of the track table. When all are taken, the likelier of newcomers and unconfirmed tracks have
            them, by lot among equals; whoever goes without is counted.
        candidate_limit: how many track-detection pairs one batch may have; more are counted and left out.
    """

    gate: Positive = 30.0
    association: Literal["nearest", "joint"] = "nearest"
    steady_noise_m2ps3: Positive = 0.1
    manoeuvre_noise_m2ps3: Positive = 60.0
    vertical_noise_ratio: Positive = 0.1
    steady_time_s: Positive = 20.0
    manoeuvre_time_s: Positive = 20.0
    turn_limit_mps2: Positive = 12.0
    turn_time_s: Positive = 0.7
    initial_speed_mps: Positive = 100.0
    initial_climb_mps: Positive = 50.0
    false_tracks_per_hour: Positive = 1.0
    urgent_false_tracks_per_hour: Positive = 1.0
    urgent_time_s: Positive = 60.0
    urgent_speed_mps: Positive = 25.0
    confirmation_score: float = 0.0
    confirmation_hits: Annotated[int, msgspec.Meta(ge=2)] = 3
    urgent_confirmation_hits: Annotated[int, msgspec.Meta(ge=2)] = 2
    confirmation_time_s: NotNegative = 1.0
    tentative_misses: Annotated[int, msgspec.Meta(ge=1)] = 2
    confirmed_misses: Annotated[int, msgspec.Meta(ge=1)] = 4
    coast_minimum_s: NotNegative = 2.0
    coast_limit_s: Positive = 30.0
    late_limit_s: NotNegative = 5.0
    birth_density_ratio: Positive = 0.1
    unknown_height_m: Positive = 1000.0
    thrown_prior: Probability = 0.1
    thrown_noise_m2ps3: Positive = 0.05
    initial_thrown_mps: Positive = 200.0
    robust_sigmas: Positive = 2.5
    drag_prior_1pm: Positive = 7e-5
    drag_prior_sigma: Positive = 0.4
    drift_prior_mps: Positive = 5.0
    drag_noise_hz: NotNegative = 0.002
    ground_m: float = 0.0
    scar_radius_m: NotNegative = 1000.0
    scar_height_m: NotNegative = 500.0
    scar_time_s: NotNegative = 15.0
    clutter_memory_s: NotNegative = 300.0
    report_score: float = 4.0
    echo_time_s: NotNegative = 15.0
    bearing_memory_s: Positive = 1.5
    bearing_crossing_deg: Annotated[float, msgspec.Meta(gt=0.0, lt=90.0)] = 5.0
    bearing_fix_ratio: Positive = 0.3
    bearing_birth_score: float = -2.0
    memory_s: NotNegative = 300.0
    recall_ratio: Positive = 30.0
    new_bodies_per_km2: Positive = 2e-4
    realigns: bool = True
    track_limit: Annotated[int, msgspec.Meta(ge=16, le=1_000_000)] = 4096
    candidate_limit: Annotated[int, msgspec.Meta(ge=100)] = 65536

    @property
    def ballistic_belief(self) -> tuple[float, float, float, float, float]:
        """Of thrown bodies, in SI units: drag constant, 1 sigma of its logarithm, of drift, and the two noises."""
        prior = self.drag_prior_1pm, self.drag_prior_sigma, self.drift_prior_mps
        return *prior, self.thrown_noise_m2ps3, self.drag_noise_hz

    def parameters(
        self, latitude_rad: float, altitude_m: float, defended: tuple[float, float, float] = NOWHERE
    ) -> TrackingParameters:
        """The settings as scalars.

        Args:
            latitude_rad: of the site.
            altitude_m: of the site, above WGS84.
            defended: circle round the areas to be defended: east, north and radius in metres.
        """
        shared = set(TrackingParameters._fields) & set(self.__struct_fields__)
        return TrackingParameters(
            **{name: getattr(self, name) for name in shared - {"realigns"}},
            urgent_share=URGENT_SHARE,
            defended_east_m=defended[0],
            defended_north_m=defended[1],
            defended_radius_m=defended[2],
            joint=int(self.association == "joint"),
            highest_cost=JOINT_HIGHEST_COST if self.association == "joint" else 0.0,
            birth_logit=math.log(self.birth_density_ratio),
            thrown_prior_logit=math.log(self.thrown_prior / (1.0 - self.thrown_prior)),
            latitude_rad=latitude_rad,
            altitude_m=altitude_m,
            bearing_crossing_ratio=math.sin(math.radians(self.bearing_crossing_deg)),
            recall_logit=math.log(self.recall_ratio),
            realigns=int(self.realigns),
            new_bodies_per_m2=1e-6 * self.new_bodies_per_km2,
        )


class RegistrationParameters(NamedTuple):
    """The settings of online registration as compiled code takes them. Meanings stand in `RegistrationSettings`."""

    memory_s: float
    settled_s: float
    fewest_pairs: int
    significance_sigmas: float
    pair_gate: float
    longest_gap_s: float
    wander_m2ps3: float
    pairs_per_solution: int
    solution_period_s: float


class RegistrationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How sensors' biases are learnt from targets that several of them see.

    Attributes:
        learns: whether biases are learnt online; those in the site file are subtracted in any case.
        memory_s: what was learnt this long ago counts 1/e; biases may drift so slowly.
        settled_s: how long a track must have been confirmed before its detections are compared; what is launched or
            thrown shows it by then.
        fewest_pairs: comparisons with other sensors before an estimate is put in force ...
        significance_sigmas: ... which it is once all comparisons together contradict the site file by so many sigma.
        pair_gate: largest squared Mahalanobis distance of a comparison; farther ones are of two different bodies.
        longest_gap_s: longest time between the two detections that another sensor's is compared with.
        wander_m2ps3: white acceleration noise of bodies between these two.
        pairs_per_solution: each sensor begins at most so many comparisons between two solutions; more tell little.
        solution_period_s: time between two solutions.
    """

    learns: bool = True
    memory_s: Positive = 600.0
    settled_s: NotNegative = 1.0
    fewest_pairs: Annotated[int, msgspec.Meta(ge=1)] = 20
    significance_sigmas: NotNegative = 5.0
    pair_gate: Positive = 16.0
    longest_gap_s: Positive = 12.0
    wander_m2ps3: Positive = 20.0
    pairs_per_solution: Annotated[int, msgspec.Meta(ge=1)] = 200
    solution_period_s: Positive = 1.0

    def parameters(self) -> RegistrationParameters:
        """The settings as scalars."""
        return RegistrationParameters(
            memory_s=self.memory_s,
            settled_s=self.settled_s,
            fewest_pairs=self.fewest_pairs,
            significance_sigmas=self.significance_sigmas,
            pair_gate=self.pair_gate,
            longest_gap_s=self.longest_gap_s,
            wander_m2ps3=self.wander_m2ps3,
            pairs_per_solution=self.pairs_per_solution,
            solution_period_s=self.solution_period_s,
        )
