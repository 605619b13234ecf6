"""Settings of the assessment: impact prediction, closest approach, clear-sky assurance."""

from typing import Annotated, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Probability


class AssessmentParameters(NamedTuple):
    """The assessment's settings as compiled code takes them. Meanings stand in `AssessmentSettings`."""

    ballistic_probability: float
    interval_s: float
    horizon_s: float
    lethal_radius_m: float
    turn_sigma_mps2: float
    integration_step_s: float
    ground_m: float
    latitude_rad: float
    altitude_m: float


class AssessmentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and when a track will hit or arrive.

    Attributes:
        ballistic_probability: a track at least this probably ballistic gets an impact prediction.
        interval_s: shortest time between two assessments of one track.
        horizon_s: how far ahead arrivals are looked for.
        lethal_radius_m: an impact or a pass this near an area harms it.
        turn_sigma_mps2: 1 sigma of the sideways acceleration a flown body may hold; widens its reach with time squared.
        integration_step_s: step of the trajectory integration.
        ground_m: height of the ground where bodies fall, above the site's reference point.
    """

    ballistic_probability: Probability = 0.9
    interval_s: Positive = 0.2
    horizon_s: Positive = 120.0
    lethal_radius_m: Positive = 60.0
    turn_sigma_mps2: Positive = 0.5
    integration_step_s: Positive = 0.25
    ground_m: float = 0.0

    def parameters(self, latitude_rad: float, altitude_m: float) -> AssessmentParameters:
        """The settings as scalars, with the site's latitude (radians) and altitude (metres above WGS84)."""
        return AssessmentParameters(
            ballistic_probability=self.ballistic_probability,
            interval_s=self.interval_s,
            horizon_s=self.horizon_s,
            lethal_radius_m=self.lethal_radius_m,
            turn_sigma_mps2=self.turn_sigma_mps2,
            integration_step_s=self.integration_step_s,
            ground_m=self.ground_m,
            latitude_rad=latitude_rad,
            altitude_m=altitude_m,
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
