"""The map of clutter: it learns where more comes than was stated, forgets, and leaves bodies out of the count."""

import numpy as np
import pytest

from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS
from sangar.core.targets import TrackStatus
from sangar.tracking.kernels.association.clutter import PRIOR_COUNTS, fill_map, log_clutter
from tests.unit.tracking.oracles import make_detections, make_sensor
from tests.unit.tracking.sky import NOISE, NOTHING, make_sky, put_track, seen

MEMORY_S = 300.0
BODY = np.array([4000.0, 3000.0, 500.0, -50.0, 20.0, 0.0])
SURE = np.diag([10.0, 10.0, 10.0, 2.0, 2.0, 1.0]) ** 2


def mapped_sensor(rate_hz=0.01, **columns):
    return make_sensor(period_s=1.0, maximum_range_m=24_000.0, cell_clutter_hz=rate_hz, **columns)


def plots(*places):
    """Detections at these ranges (metres) and azimuths (degrees)."""
    values = np.full((len(places), 8), np.nan)
    values[:, :2] = [(range_m, np.radians(azimuth_deg)) for range_m, azimuth_deg in places]
    return make_detections(values, NOISE)


def count(sky, batch, time_s):
    """Let a map count these detections."""
    columns = sky.work.columns
    columns["admitted"][: len(batch)], columns["taken"][: len(batch)] = 1, 0
    columns["range_m"][: len(batch)], columns["azimuth_rad"][: len(batch)] = batch["measured"][:, :2].T
    fill_map(sky.tracks, batch, time_s, sky.sensors[0], sky.parameters, columns)


def denser(sky, range_m, azimuth_deg, time_s):
    return np.exp(log_clutter(sky.sensors[0], np.radians(azimuth_deg), range_m, time_s, MEMORY_S))


def test_detections_count_in_the_cell_they_lie_in():
    sky = make_sky(mapped_sensor())
    count(sky, plots((500.0, 5.0), (999.0, 9.9), (23_999.0, -0.1), (24_000.0, 3.0), (500.0, 10.1)), 0.0)
    found = {
        tuple(cell): sky.sensors[0]["clutter_count"][tuple(cell)]
        for cell in np.argwhere(sky.sensors[0]["clutter_count"])
    }
    assert found == {(0, 0): 2.0, (35, 23): 1.0, (1, 0): 1.0}


def test_the_density_is_the_gamma_posteriors_mean_over_the_stated_one():
    sky = make_sky(mapped_sensor(rate_hz=0.02))
    for _ in range(40):
        count(sky, plots((5500.0, 95.0)), 10.0)
    stated = 0.02 * MEMORY_S
    assert denser(sky, 5500.0, 95.0, 10.0) == pytest.approx((40.0 + PRIOR_COUNTS) / (stated + PRIOR_COUNTS))
    assert denser(sky, 5500.0, 105.0, 10.0) == 1.0
    later = 40.0 * np.exp(-0.5)
    assert denser(sky, 5500.0, 95.0, 160.0) == pytest.approx((later + PRIOR_COUNTS) / (stated + PRIOR_COUNTS))
    assert denser(sky, 5500.0, 95.0, 2000.0) == 1.0  # never below what is stated


def test_a_steady_rate_is_found():
    """Twenty times as many as stated, for long: the map says twenty, but for its prior."""
    sky, random = make_sky(mapped_sensor(rate_hz=0.05)), np.random.default_rng(3)
    for time_s in range(2000):
        for _ in range(random.poisson(1.0)):
            count(sky, plots((5500.0, 95.0)), float(time_s))
    expected = (MEMORY_S + PRIOR_COUNTS) / (0.05 * MEMORY_S + PRIOR_COUNTS)
    assert denser(sky, 5500.0, 95.0, 2000.0) == pytest.approx(expected, rel=4.0 / np.sqrt(2.0 * MEMORY_S))


def test_what_a_confirmed_track_takes_is_no_clutter_but_what_a_tentative_one_takes_may_be():
    for status, expected in ((TrackStatus.CONFIRMED, 0.0), (TrackStatus.TENTATIVE, 1.0)):
        sky = make_sky(mapped_sensor(clutter_density=1e-9), confirmation_hits=1000)
        track = put_track(sky, BODY, SURE, status=status)
        sky.look(0.5, seen(BODY, sky.sensors[0], time_s=0.5))
        assert track["hits"] == 51
        assert sky.sensors[0]["clutter_count"].sum() == expected


def test_dense_clutter_speaks_against_a_track_and_against_a_birth():
    """The score of a track and of a new one is lower by the logarithm of the density."""
    scores = []
    for counted in (0, 200):
        sky = make_sky(mapped_sensor(clutter_density=1e-9), confirmation_hits=1000)
        place = seen(BODY, sky.sensors[0])["measured"][0]
        for _ in range(counted):
            count(sky, plots((place[0], np.degrees(place[1]))), 0.0)
        put_track(sky, BODY, SURE, status=TrackStatus.TENTATIVE)["score"] = 0.0
        far = BODY + np.array([0.0, 300.0, 0.0, 0.0, 0.0, 0.0])
        scores.append((log_clutter(sky.sensors[0], place[1], place[0], 0.5, MEMORY_S), sky))
        sky.look(0.5, np.concatenate([seen(BODY, sky.sensors[0], time_s=0.5), seen(far, sky.sensors[0], time_s=0.5)]))
    (none, plain), (some, crowded) = scores
    assert none == 0.0
    assert some == pytest.approx(np.log((200.0 * np.exp(-0.5 / 300.0) + 10.0) / 13.0))
    np.testing.assert_allclose(plain.live()["score"] - crowded.live()["score"], some, rtol=1e-9)


@pytest.mark.parametrize(("rate_hz", "memory_s"), [(0.0, 300.0), (0.01, 0.0)])
def test_there_is_no_map_where_none_is_wanted(rate_hz, memory_s):
    sky = make_sky(mapped_sensor(rate_hz=rate_hz), clutter_memory_s=memory_s)
    sky.look(0.0, seen(BODY, sky.sensors[0]))
    assert sky.sensors[0]["clutter_count"].sum() == 0.0


@pytest.mark.parametrize("place", [(np.nan, 5.0), (30_000.0, 5.0), (-1.0, 5.0), (500.0, np.nan)])
def test_places_off_the_map_are_as_stated(place):
    range_m, azimuth_deg = place
    sky = make_sky(mapped_sensor())
    sky.sensors[0]["clutter_count"][:] = 1e6
    assert denser(sky, range_m, azimuth_deg, 0.0) == 1.0


def test_the_map_costs_the_tracker_nothing_while_all_is_as_stated():
    """Nothing seen, nothing changed."""
    sky = make_sky(mapped_sensor())
    sky.look(0.0, NOTHING)
    assert sky.sensors[0]["clutter_count"].shape == (CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS)
    assert sky.sensors[0]["clutter_count"].sum() == 0.0
