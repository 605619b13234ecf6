"""Whatever a track and its sensors say, the class probabilities stay probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sangar.core.identities import allocate_identities
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import CLASS_COUNT
from sangar.identification.kernels.class_evidence import update_posterior
from sangar.identification.kernels.class_reports import hear_report
from sangar.identification.kernels.running_evidence import gather_echo
from sangar.identification.settings import IdentificationSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

PARAMETERS = IdentificationSettings().parameters()
anything = st.floats(allow_nan=True, allow_infinity=True)
looks = st.tuples(
    st.floats(0.0, 1e4),
    st.lists(st.one_of(anything, st.floats(-500, 500)), min_size=6, max_size=6),
    st.one_of(anything, st.floats(1e-9, 1e9)),
    anything,
    st.one_of(anything, st.floats(-60, 30)),
    st.integers(0, CLASS_COUNT - 1),
)


@given(st.lists(looks, min_size=1, max_size=8), st.integers(0, 2**32 - 1))
def test_class_probabilities_are_finite_and_sum_to_one(seen, seed):
    world, belief, sensor = make_world(), allocate_identities(1)[0], allocate_sensors(1)[0]
    confusion = np.random.default_rng(seed).dirichlet(np.full(CLASS_COUNT, 0.1), CLASS_COUNT).T
    sensor["report_interval_s"], sensor["report_log_chance"] = 5.0, np.log(np.maximum(confusion, 1e-9))
    time_s = 0.0
    for number, (elapsed_s, state, spread, logit, rcs_dbsm, reported) in enumerate(seen):
        time_s += elapsed_s
        put_track(world, 0, state, time_s, logit)
        with np.errstate(over="ignore", invalid="ignore"):
            world.tracks.rows[0]["covariance"] *= spread
        gather_echo(belief, time_s, rcs_dbsm, PARAMETERS.memory_s)
        hear_report(belief, time_s, reported, sensor, 0)
        update_posterior(belief, world.tracks.rows[0], np.inf if number == 0 else elapsed_s, PARAMETERS)
        assert np.isfinite(belief["evidence"]).all()
        assert (belief["posterior"] >= 0.0).all()
        assert_allclose(belief["posterior"].sum(), 1.0, rtol=1e-9)
