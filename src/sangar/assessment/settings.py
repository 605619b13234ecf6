"""Settings of the assessment: impact prediction, closest approach, clear-sky assurance."""

from typing import Annotated, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Probability

USUAL_BELIEF = (7e-5, 0.4, 5.0, 0.05, 0.002)


class AssessmentParameters(NamedTuple):
    """The assessment's settings as compiled code takes them. Meanings stand in `AssessmentSettings`."""

    ballistic_probability: float
    impact_probability: float
    climb_sigma_mps: float
    interval_s: float
    horizon_s: float
    lethal_radius_m: float
    turn_sigma_mps2: float
    turn_limit_mps2: float
    least_speed_mps: float
    straightness_memory_s: float
    integration_step_s: float
    ground_m: float
    latitude_rad: float
    altitude_m: float
    drag_prior_1pm: float
    drag_prior_sigma: float
    drift_prior_mps: float
    thrown_noise_m2ps3: float
    drag_noise_hz: float


class AssessmentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and when a track will hit or arrive.

    Attributes:
        ballistic_probability: a track at least this probably ballistic is taken for nothing else.
        impact_probability: a track at least this probably ballistic gets an impact prediction, and its harm is that of
            both explanations, each as likely as it is.
        climb_sigma_mps: 1 sigma of the climb of what flies; a much steeper one speaks for thrown.
        interval_s: shortest time between two assessments of one track.
        horizon_s: how far ahead arrivals are looked for.
        lethal_radius_m: an impact or a pass this near an area harms it.
        turn_sigma_mps2: 1 sigma of the sideways acceleration a flown body may hold; widens its reach with time squared.
        turn_limit_mps2: sideways acceleration no flown body exceeds: how soon it could be somewhere if it turned there.
        least_speed_mps: a slower one is taken to fly at this, in any direction, when that is asked.
        straightness_memory_s: how straight a body comes is remembered with this time constant.
        integration_step_s: step of the trajectory integration.
        ground_m: height of the ground where bodies fall, above the site's reference point.
    """

    ballistic_probability: Probability = 0.9
    impact_probability: Probability = 0.02
    climb_sigma_mps: Positive = 15.0
    interval_s: Positive = 0.2
    horizon_s: Positive = 120.0
    lethal_radius_m: Positive = 60.0
    turn_sigma_mps2: Positive = 0.5
    turn_limit_mps2: Positive = 15.0
    least_speed_mps: Positive = 15.0
    straightness_memory_s: Positive = 20.0
    integration_step_s: Positive = 0.25
    ground_m: float = 0.0

    def parameters(
        self,
        latitude_rad: float,
        altitude_m: float,
        belief: tuple[float, float, float, float, float] = USUAL_BELIEF,
    ) -> AssessmentParameters:
        """The settings as scalars.

        Args:
            latitude_rad: of the site.
            altitude_m: of the site, above WGS84.
            belief: the tracker's of thrown bodies: drag constant in 1/m, 1 sigma of its logarithm, 1 sigma of the
                drift speed in m/s, acceleration noise in m2/s3, noise of ln k in 1/s.
        """
        drag_prior_1pm, drag_prior_sigma, drift_prior_mps, thrown_noise_m2ps3, drag_noise_hz = belief
        return AssessmentParameters(
            ballistic_probability=self.ballistic_probability,
            impact_probability=self.impact_probability,
            climb_sigma_mps=self.climb_sigma_mps,
            interval_s=self.interval_s,
            horizon_s=self.horizon_s,
            lethal_radius_m=self.lethal_radius_m,
            turn_sigma_mps2=self.turn_sigma_mps2,
            turn_limit_mps2=self.turn_limit_mps2,
            least_speed_mps=self.least_speed_mps,
            straightness_memory_s=self.straightness_memory_s,
            integration_step_s=self.integration_step_s,
            ground_m=self.ground_m,
            latitude_rad=latitude_rad,
            altitude_m=altitude_m,
            drag_prior_1pm=drag_prior_1pm,
            drag_prior_sigma=drag_prior_sigma,
            drift_prior_mps=drift_prior_mps,
            thrown_noise_m2ps3=thrown_noise_m2ps3,
            drag_noise_hz=drag_noise_hz,
        )


class ClearSkySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The intruder that a sky called clear must not hold, and how sure that is to be.

    Attributes:
        arrivals_per_hour: how many such intruders come over a zone in an hour; nobody knows: a site's choice.
        speed_mps: their speed; a fast one leaves fewer looks.
        heights_m: heights above the site's reference that they come at, each as likely.
        way_m: how far out their way in is followed.
        hits: detections, of all sensors together, that make one noticed.
        blind_share: probability that a sensor cannot see one at all, however often it looks: too small for it, hidden.
        highest_missed: a sky is called assured where no more than this share comes unnoticed from any direction.
    """

    arrivals_per_hour: NotNegative = 0.01
    speed_mps: Positive = 30.0
    heights_m: Annotated[tuple[float, ...], msgspec.Meta(min_length=1, max_length=16)] = (30.0, 100.0, 300.0)
    way_m: Annotated[float, msgspec.Meta(gt=0.0, le=100_000.0)] = 15_000.0
    hits: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    blind_share: Probability = 0.05
    highest_missed: Probability = 0.1
