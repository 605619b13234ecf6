"""Settings of the assessment: impact prediction and closest approach."""

from typing import NamedTuple

import msgspec

from sangar.core.quantities import Positive, Probability


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
