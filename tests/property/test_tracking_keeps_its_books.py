"""Whatever comes in, the books are right: no number is used twice, rows in use are counted, states are sound."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sangar.core.targets import TrackStatus
from sangar.core.tracks import DETECTION_COUNT, HIGH_WATER, LATE_COUNT, LIVE, LOST_COUNT, NEXT_ID, REJECTED_COUNT
from tests.unit.tracking.oracles import make_detections, make_sensor, only
from tests.unit.tracking.sky import NOISE, make_sky

SENSORS = [make_sensor(period_s=1.0), make_sensor((500.0, 0.0, 0.0), period_s=0.25, starts_tracks=0)]
ordinary = st.tuples(
    st.floats(10.0, 2e4),
    st.floats(-7.0, 7.0),
    st.floats(-0.2, 1.5),
    st.floats(-300.0, 300.0),
    st.floats(-100.0, 9e3),
    st.floats(-2e4, 2e4),
    st.floats(-2e4, 2e4),
    st.floats(0.0, 9e3),
)
wild = st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 8)
columns = st.sets(st.integers(0, 7), max_size=8)
plots = st.lists(st.tuples(st.one_of(ordinary, ordinary, ordinary, wild), columns, st.floats(-3.0, 3.0)), max_size=8)
looks = st.lists(st.tuples(plots, st.integers(0, 1), st.floats(-2.0, 5.0)), min_size=1, max_size=12)


def records_of(found, time_s):
    parts = [make_detections(only(np.array(numbers), chosen), NOISE, time_s + lag) for numbers, chosen, lag in found]
    return np.concatenate(parts) if parts else make_detections(np.empty((0, 8)), NOISE)


@settings(max_examples=60)
@given(looks)
def test_the_books_are_right_after_every_look(seen_by_look):
    sky = make_sky(capacity=12, candidates=30)
    sensors = np.array(SENSORS, SENSORS[0].dtype)
    sky = sky._replace(sensors=sensors)
    known: set[int] = set()
    lost: set[int] = set()
    time_s, newest, count = 0.0, 0, 0
    for found, sensor, step_s in seen_by_look:
        time_s += step_s
        records = records_of(found, time_s)
        count += len(records)
        sky.look(time_s, records, sensor)
        counters, live = sky.tracks.counters, sky.live()
        assert counters[LIVE] == len(live)
        assert (sky.tracks.rows["status"][counters[HIGH_WATER] :] == TrackStatus.FREE).all()
        numbers = {int(number) for number in live["id"]}
        assert len(numbers) == len(live)
        remembered = {int(row["id"]) for row in sky.tracks.rows if row["status"] == TrackStatus.FREE and row["id"]}
        assert not remembered & numbers
        assert len(remembered) <= counters[LOST_COUNT]
        assert all(number > newest or number in lost for number in numbers - known)
        assert (sky.tracks.rows["place"] == np.arange(len(sky.tracks.rows))).all()
        known, newest, lost = numbers, max([newest, *numbers]), remembered
        assert newest < counters[NEXT_ID]
        assert counters[DETECTION_COUNT] == count
        assert counters[REJECTED_COUNT] <= count
        assert counters[LATE_COUNT] >= 0
        assert np.isfinite(live["mean"]).all()
        assert np.isfinite(live["covariance"]).all()
        assert (live["covariance"][:, [0, 2, 5, 9, 14, 20]] > 0.0).all()
        np.testing.assert_allclose(live["mode"].sum(axis=1), 1.0)
        assert (live["hits"] >= 1).all()
