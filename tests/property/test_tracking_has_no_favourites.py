"""Tracking does not depend on where north is, on the clock's zero, or on the order of detections in a batch."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.unit.tracking.oracles import full, make_sensor
from tests.unit.tracking.sky import make_sky, seen

RADAR = make_sensor(period_s=1.0, clutter_density=1e-8)
LOOKS = 6
seeds = st.integers(0, 2**32 - 1)


def rotation(angle_rad):
    """Turns azimuths by +angle: clockwise seen from above."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def scene(seed):
    """Batches of a few flyers and some clutter in the radar's own numbers."""
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 6))
    states = np.hstack(
        [random.uniform([-8e3, -8e3, 200], [8e3, 8e3, 2e3], (count, 3)), random.normal(0, 60, (count, 3))]
    )
    batches = []
    for look in range(LOOKS):
        now = states.copy()
        now[:, :3] += look * states[:, 3:]
        clutter = np.hstack([random.uniform([-8e3, -8e3, 100], [8e3, 8e3, 2e3], (3, 3)), np.zeros((3, 3))])
        batches.append(seen(np.vstack([now, clutter]), RADAR, random, time_s=float(look)))
    return batches


def tracked(batches, sensor=RADAR, epoch_s=0.0, order=None, association="nearest"):
    """The live tracks after the batches, lowest first; at the pole, where the Earth's turn has no direction either."""
    sky = make_sky(sensor, association=association)
    sky = sky._replace(parameters=sky.parameters._replace(latitude_rad=np.pi / 2))
    for look, batch in enumerate(batches):
        records = batch.copy() if order is None else order.permutation(batch)
        records["time_s"] += epoch_s
        sky.look(look + epoch_s, records)
    rows = sky.live()
    return rows[np.argsort(rows["mean"][:, 2])]


@settings(max_examples=25)
@given(seeds, st.floats(-3.0, 3.0))
def test_turning_the_sensor_turns_the_tracks(seed, angle_rad):
    batches = scene(seed)
    plain = tracked(batches)
    turned = tracked(batches, make_sensor(rotation=rotation(angle_rad).T, period_s=1.0, clutter_density=1e-8))
    assert len(turned) == len(plain)
    both = np.kron(np.eye(2), rotation(angle_rad))
    for one, other in zip(plain, turned, strict=True):
        assert_allclose(other["mean"], both @ one["mean"], rtol=1e-6, atol=0.05)
        assert_allclose(full(other["covariance"]), both @ full(one["covariance"]) @ both.T, rtol=1e-4, atol=0.5)


@settings(max_examples=25)
@given(seeds, st.sampled_from([1.0, 4096.0, 86_400.0]))
def test_the_zero_of_the_clock_changes_no_track(seed, epoch_s):
    batches = scene(seed)
    for one, other in zip(tracked(batches), tracked(batches, epoch_s=epoch_s), strict=True):
        assert_allclose(other["mean"], one["mean"], rtol=1e-9)
        assert (one["status"], one["hits"]) == (other["status"], other["hits"])


@settings(max_examples=25)
@given(seeds, st.sampled_from([("nearest", 1e-9), ("joint", 1e-6)]))
def test_the_order_of_detections_in_a_batch_changes_no_track_but_its_number(seed, how):
    """To the rounding of sums: the joint association adds up more of them, and in the order they come."""
    batches, (association, rounding) = scene(seed), how
    plain = tracked(batches, association=association)
    shuffled = tracked(batches, order=np.random.default_rng(seed), association=association)
    assert len(plain) == len(shuffled)
    for one, other in zip(plain, shuffled, strict=True):
        assert_allclose(other["mean"], one["mean"], rtol=rounding, atol=rounding)
        assert (one["status"], one["hits"]) == (other["status"], other["hits"])
