"""A quiet sky: looks of a site's sensors at birds and given flights, with the class reports the site file states."""

import numpy as np
import pytest

from sangar.core.claims import ClaimedCategory
from sangar.core.detections import NO_CLASS, RANGE
from sangar.core.targets import TargetClass
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.simulation.claimants import SILENT
from sangar.simulation.quiet_sky import Flights, QuietSky, coverage, no_flights
from sangar.simulation.tables import FLIGHT, Trajectories

RADAR = """
[[sensor]]
id = "{id}"
kind = "radar"
east_m = {east_m}
north_m = 0.0
up_m = 10.0
[sensor.coverage]
max_range_m = 6000.0
false_alarms_per_scan = {false_alarms}
"""
HEAD = '[site]\nname = "Here"\nlatitude_deg = 33.8\nlongitude_deg = 42.4\n'
WORDS = ("bird", "rotary_drone")
CLASSES = (
    '[sensor.classes]\nreports = ["bird", "rotary_drone"]\ninterval_s = 10.0\n[sensor.classes.confusion]\n'
    + "".join(f"{c.name.lower()} = {[0.9, 0.1] if c == TargetClass.BIRD else [0.2, 0.8]}\n" for c in TargetClass)
)


def site_of(*parts):
    return parse_settings(HEAD + "".join(parts), Site, "site")


def radar(name="one", east_m=0.0, false_alarms=0.0):
    return RADAR.format(id=name, east_m=east_m, false_alarms=false_alarms)


def standing(count, target_class=TargetClass.ROTARY_DRONE, only_sensor=-1, echo_dbsm=10.0):
    """Bodies that stand 2 km north, one above the other, for an hour."""
    rows = np.zeros(count, FLIGHT)
    rows["first"], rows["last"] = 2 * np.arange(count), 2 * np.arange(count) + 2
    rows["step_s"], rows["end_s"] = 3600.0, 3600.0
    place_m = np.repeat(
        np.column_stack([np.zeros(count), np.full(count, 2000.0), 100.0 + 5.0 * np.arange(count)]), 2, 0
    )
    paths = Trajectories(rows, place_m, np.zeros_like(place_m))
    return Flights(
        paths,
        np.full(count, int(target_class)),
        np.full(count, echo_dbsm),
        np.full(count, only_sensor),
        np.full(count, SILENT),
    )


RECEIVER = """
[[sensor]]
id = "adsb"
kind = "ads_b"
period_s = 2.0
east_m = 0.0
north_m = 0.0
up_m = 10.0
"""


def test_flights_that_speak_are_heard_and_others_are_not():
    flights = standing(3)
    flights.category[:] = (int(ClaimedCategory.LARGE), SILENT, int(ClaimedCategory.LIGHT))
    sky = QuietSky(site_of(radar(), RECEIVER), 400.0, 200.0, flights, 1)
    batches = looks(sky)
    heard = [batch for batch in batches if batch.sensor == 1]
    assert len(heard) == 200
    assert all(len(batch.detections) == 0 and batch.reports["number"].tolist() == [1, 3] for batch in heard)
    said = np.concatenate([batch.reports for batch in heard])
    assert set(said["identity"].tolist()) == {int(ClaimedCategory.LARGE), int(ClaimedCategory.LIGHT)}
    first = said[said["number"] == 1]
    sigma = site_of(radar(), RECEIVER).sensors[1].report_sigma
    off = (first["mean"] - [0.0, 2000.0, 100.0, 0.0, 0.0, 0.0]) / sigma
    assert np.abs(off.mean(axis=0)).max() < 4.0 / np.sqrt(len(off))
    assert 0.85 < off.std() < 1.15
    assert np.allclose(first["covariance"][:, [0, 2, 5, 9, 14, 20]], np.square(sigma))


def test_who_speaks_changes_nothing_that_is_seen():
    speaks, silent = standing(3), standing(3)
    speaks.category[:] = int(ClaimedCategory.LARGE)
    seen = [
        np.concatenate(
            [batch.detections for batch in looks(QuietSky(site_of(radar(), RECEIVER), 60.0, 200.0, flights, 1))]
        )
        for flights in (speaks, silent)
    ]
    assert seen[0].tobytes() == seen[1].tobytes()


def looks(sky):
    return list(sky.batches())


def test_looks_come_in_the_order_of_time_and_every_sensor_looks():
    sky = QuietSky(site_of(radar("one"), radar("two", 800.0)), 20.0, 500.0, no_flights(), 1)
    batches = looks(sky)
    times_s = [batch.time_s for batch in batches]
    assert times_s == sorted(times_s)
    assert [sum(batch.sensor == s for batch in batches) for s in (0, 1)] == [20, 20]
    rows = np.concatenate([batch.detections["row"] for batch in batches])
    assert rows.tolist() == list(range(len(rows)))


def test_a_strong_body_is_seen_where_it_stands():
    batches = looks(QuietSky(site_of(radar()), 30.0, 0.0, standing(1), 1))
    seen = np.concatenate([batch.detections for batch in batches])
    assert len(seen) >= 29
    assert seen["measured"][:, RANGE].mean() == pytest.approx(np.hypot(2000.0, 90.0), abs=10.0)


def test_what_only_one_sensor_sees_the_other_does_not():
    batches = looks(QuietSky(site_of(radar("one"), radar("two", 800.0)), 30.0, 0.0, standing(3, only_sensor=1), 1))
    assert sum(len(batch.detections) for batch in batches if batch.sensor == 0) == 0
    assert sum(len(batch.detections) for batch in batches if batch.sensor == 1) > 60


def test_clutter_comes_as_often_as_the_site_file_says():
    batches = looks(QuietSky(site_of(radar(false_alarms=0.5)), 1000.0, 0.0, no_flights(), 1))
    assert sum(len(batch.detections) for batch in batches) == pytest.approx(500, abs=5 * np.sqrt(500))


def test_a_classifier_errs_as_often_as_its_table_says_and_keeps_its_word_for_the_interval():
    batches = looks(QuietSky(site_of(radar(), CLASSES), 1000.0, 0.0, standing(40), 1))
    said = np.concatenate([batch.detections["class_report"] for batch in batches])
    drawn = 40 * 100
    assert np.isin(said, [TargetClass.BIRD, TargetClass.ROTARY_DRONE, NO_CLASS]).all()
    right = np.mean(said[said != NO_CLASS] == TargetClass.ROTARY_DRONE)
    assert right == pytest.approx(0.8, abs=5 * np.sqrt(0.16 / drawn))
    alone = looks(QuietSky(site_of(radar(), CLASSES), 600.0, 0.0, standing(1), 3))
    words = np.array([int(batch.detections["class_report"][0]) for batch in alone if len(batch.detections)])
    changes = int((np.diff(words) != 0).sum())
    assert 5 <= changes <= 60  # sixty words of which a fifth are wrong: about twenty changes, not hundreds


def test_an_echo_too_weak_tells_no_class():
    batches = looks(QuietSky(site_of(radar(), CLASSES), 200.0, 0.0, standing(10, echo_dbsm=-34.0), 1))
    seen = np.concatenate([batch.detections for batch in batches])
    is_weak = seen["snr_db"] < 16.0
    assert is_weak.any()
    assert (seen["class_report"][is_weak] == NO_CLASS).all()
    assert (seen["class_report"][~is_weak] != NO_CLASS).all()


def test_without_a_table_no_class_is_told():
    batches = looks(QuietSky(site_of(radar()), 20.0, 0.0, standing(2), 1))
    assert all((batch.detections["class_report"] == NO_CLASS).all() for batch in batches)


def test_the_same_seed_gives_the_same_looks():
    first, second, other = (
        b"".join(
            batch.detections.tobytes()
            for batch in looks(QuietSky(site_of(radar(), CLASSES), 30.0, 800.0, no_flights(), seed))
        )
        for seed in (4, 4, 5)
    )
    assert first == second
    assert first != other


def test_the_circle_holds_what_the_radars_reach():
    where = coverage(site_of(radar("one"), radar("two", 800.0)))
    assert (where.east_m, where.north_m, where.radius_m) == (400.0, 0.0, 6400.0)
