"""The world of a run: every table the step reads and writes, and the settings of its stages."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.assessment.settings import AssessmentParameters
from sangar.core.areas import AreaMap, allocate_zones
from sangar.core.assessments import AssessmentTable, allocate_assessments
from sangar.core.claims import CLAIM_CAPACITY, ClaimTable, allocate_claims
from sangar.core.effectors import EngagementTable, allocate_effectors, allocate_engagements
from sangar.core.identities import allocate_identities
from sangar.core.registration import RegistrationTable, allocate_registration
from sangar.core.tracks import TrackTable, allocate_tracks
from sangar.engagement.settings import EngagementParameters
from sangar.identification.settings import IdentificationParameters
from sangar.pipeline.layout import area_map, defended_circle, rule_table, sensor_table
from sangar.scenario.site import Site
from sangar.tracking.settings import RegistrationParameters, TrackingParameters
from sangar.tracking.workspace import Workspace, allocate_workspace
from sangar.warning.settings import WarningParameters

ENGAGEMENT_CAPACITY = 512

NEWEST, LATE_BATCHES, NEWEST_TICK, TICK_BEFORE, DISBELIEVED = range(5)
"""Positions in `clock_s`: newest time believed; how many batches came later than a newer one; newest time of the site's
own clock and the one before, -inf where it does not tick; how many batches were not used, their time not believed."""


class World(NamedTuple):
    """The tables of a run; the step changes them in place.

    Attributes:
        sensors: records of `SENSOR`.
        tracks: the air picture.
        identities: records of `IDENTITY`, row for row beside the tracks.
        assessments: impacts, arrivals and harm, row for row beside the tracks.
        areas: the map.
        rules: records of `IDENTITY_RULE`, in the order they are tried.
        claims: what cooperative sources say of who is where; of no capacity at a site without any.
        zones: records of `ZONE`, row for row beside the map.
        effectors: records of `EFFECTOR`; simulated, empty in a live system.
        engagements: the ledger of simulated engagements.
        registration: what each sensor adds to the truth.
        work: scratch.
        clock_s: (5,) see the names above: the time of the step, and what was counted on the way to it.
    """

    sensors: NDArray[np.void]
    tracks: TrackTable
    identities: NDArray[np.void]
    assessments: AssessmentTable
    areas: AreaMap
    rules: NDArray[np.void]
    claims: ClaimTable
    zones: NDArray[np.void]
    effectors: NDArray[np.void]
    engagements: EngagementTable
    registration: RegistrationTable
    work: Workspace
    clock_s: NDArray[np.float64]


class StepParameters(NamedTuple):
    """Settings of every stage as compiled code takes them."""

    tracking: TrackingParameters
    registration: RegistrationParameters
    identification: IdentificationParameters
    assessment: AssessmentParameters
    warning: WarningParameters
    engagement: EngagementParameters
    silence_s: float


def step_parameters(site: Site) -> StepParameters:
    """The settings of a site's `[policy]` as scalars."""
    policy, latitude_rad = site.policy, math.radians(site.reference.latitude_deg)
    altitude_m = site.reference.altitude_m
    return StepParameters(
        tracking=policy.tracking.parameters(latitude_rad, altitude_m, defended_circle(site)),
        registration=policy.registration.parameters(),
        identification=policy.identification.parameters(),
        assessment=policy.assessment.parameters(latitude_rad, altitude_m, policy.tracking.ballistic_belief),
        warning=_warning_parameters(site),
        engagement=policy.engagement.parameters(),
        silence_s=SILENCE_S,
    )


def _warning_parameters(site: Site) -> WarningParameters:
    """The warning's settings; where one sensor stands alone, nothing is gained by waiting for a second."""
    parameters = site.policy.warning.parameters()
    in_use = sum(sensor.left_out is None and not sensor.is_cooperative for sensor in site.sensors)
    return parameters if in_use > 1 else parameters._replace(two_source_wait_s=0.0)


SILENCE_S = 5.0
"""A sensor that has not reported for this long beyond its period is announced as silent."""


def allocate_world(site: Site, effectors: NDArray[np.void] | None, track_capacity: int, batch_capacity: int) -> World:
    """The tables of a run over a site, with room for so many tracks and so many detections in one batch."""
    areas, sensors, learns = area_map(site), sensor_table(site), site.policy.registration.learns
    return World(
        sensors=sensors,
        tracks=allocate_tracks(track_capacity, len(site.sensors)),
        identities=allocate_identities(track_capacity),
        assessments=allocate_assessments(track_capacity, len(areas.rows)),
        areas=areas,
        rules=rule_table(site),
        claims=allocate_claims(CLAIM_CAPACITY if any(sensor.is_cooperative for sensor in site.sensors) else 0),
        zones=allocate_zones(len(areas.rows)),
        effectors=allocate_effectors(0) if effectors is None else effectors,
        engagements=allocate_engagements(ENGAGEMENT_CAPACITY if effectors is not None and len(effectors) else 0),
        registration=allocate_registration(sensors, track_capacity, batch_capacity, learns=learns),
        work=allocate_workspace(
            track_capacity, batch_capacity, site.policy.tracking.candidate_limit, len(site.sensors)
        ),
        clock_s=np.array([-np.inf, 0.0, -np.inf, -np.inf, 0.0]),
    )
