"""How probable it is that a body is thrown, by the tracker's word and its climb."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sangar.assessment.kernels.thrown_probability import (
    MOST_EVIDENCE,
    THROWN_CLIMB_MPS,
    climb_evidence,
    thrown_probability,
)
from sangar.assessment.settings import AssessmentSettings
from sangar.core.tracks import allocate_tracks

PARAMETERS = AssessmentSettings().parameters(0.59, 180.0)
SIGMA_MPS = PARAMETERS.climb_sigma_mps


@given(st.floats(-300.0, 300.0), st.floats(1.0, 1e4))
def test_the_evidence_is_the_ratio_of_the_densities_within_its_bounds(climb_mps, variance):
    thrown = norm.logpdf(climb_mps, scale=np.sqrt(THROWN_CLIMB_MPS**2 + variance))
    flown = norm.logpdf(climb_mps, scale=np.sqrt(SIGMA_MPS**2 + variance))
    wanted = np.clip(thrown - flown, 0.0, MOST_EVIDENCE)
    assert climb_evidence(climb_mps, variance, SIGMA_MPS) == pytest.approx(wanted, abs=1e-9)


def track_of(climb_mps, sigma_mps, logit):
    track = allocate_tracks(1).rows[0]
    track["mean"][5], track["thrown_logit"] = climb_mps, logit
    track["covariance"] = np.diag([10.0, 10.0, 10.0, 5.0, 5.0, sigma_mps**2])[np.tril_indices(6)]
    return track


@pytest.mark.parametrize(
    ("climb_mps", "sigma_mps", "low", "high"),
    [
        (8.0, 3.0, 0.099, 0.101),  # an aeroplane climbs: as before, the prior
        (-90.0, 10.0, 0.8, 1.0),  # nothing that flies falls like this
        (90.0, 10.0, 0.8, 1.0),
        (90.0, 100.0, 0.099, 0.12),  # who knows whether it climbs
    ],
)
def test_a_steep_climb_speaks_for_thrown_and_a_gentle_one_not_against(climb_mps, sigma_mps, low, high):
    prior = np.log(0.1 / 0.9)
    assert low <= thrown_probability(track_of(climb_mps, sigma_mps, prior), PARAMETERS) <= high


def test_what_the_tracker_is_sure_of_stays_so():
    assert thrown_probability(track_of(90.0, 5.0, -7.0), PARAMETERS) < 0.05
    assert thrown_probability(track_of(0.0, 5.0, 7.0), PARAMETERS) > 0.99
