"""Over which zones the sky may be called clear, as sensors come, fall silent and come back."""

import pytest

from sangar.assessment.settings import ClearSkySettings
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.service.sky_watch import REFRESH_S, SkyWatch

SITE = """
[site]
name = "Two camps"
latitude_deg = 33.8
longitude_deg = 42.4
[[sensor]]
id = "radar-1"
kind = "radar"
east_m = 0.0
north_m = 0.0
up_m = 10.0
coverage = { max_range_m = 12000.0 }
[[sensor]]
id = "radar-2"
kind = "radar"
east_m = 60000.0
north_m = 0.0
up_m = 10.0
coverage = { max_range_m = 12000.0 }
[[zone]]
id = "west"
name = "West"
polygon_m = [[-300.0, -300.0], [300.0, -300.0], [300.0, 300.0], [-300.0, 300.0]]
[[zone]]
id = "east"
name = "East"
polygon_m = [[59700.0, -300.0], [60300.0, -300.0], [60300.0, 300.0], [59700.0, 300.0]]
"""
WEST, EAST = 0, 1
SETTINGS = ClearSkySettings(heights_m=(300.0,), way_m=6000.0)
WAY_S = SETTINGS.way_m / SETTINGS.speed_mps


class Camps:
    """The two camps, their radars heard or not by hand."""

    def __init__(self):
        self.world = Pipeline(parse_settings(SITE, Site, "site"), track_capacity=16).world
        self.watch = SkyWatch(SETTINGS)

    def at(self, time_s, **columns):
        """Who is unassured at a time; radars are heard unless these columns say otherwise."""
        sensors = self.world.sensors
        sensors["is_silent"] = 0
        for name, values in columns.items():
            sensors[name] = values
        sensors["believed_s"][sensors["is_silent"] == 0] = time_s
        return self.watch.unassured(self.world, time_s)


@pytest.fixture
def site():
    return Camps()


def test_a_site_that_has_just_started_vouches_for_nothing(site):
    assert site.at(0.0) == {WEST, EAST}
    assert site.at(60.0) == frozenset()


def test_a_radar_that_falls_silent_is_missed_where_it_looked_and_only_there(site):
    site.at(0.0)
    site.at(300.0)
    assert [site.at(300.0 + t, is_silent=[0, 1]) for t in range(0, 400, 10)][-1] == {EAST}


def test_what_was_seen_a_moment_ago_is_still_known(site):
    site.at(0.0)
    site.at(300.0)
    assert site.at(302.0, is_silent=[0, 1]) == frozenset()


@pytest.mark.parametrize("fault", [{"is_mistimed": [1, 0]}, {"left_out": [LEFT_OUT_BY_STEP, 0]}])
def test_a_radar_that_is_not_used_looks_nowhere(site, fault):
    site.at(0.0)
    site.at(300.0)
    site.at(301.0, **fault)
    assert site.at(301.0 + WAY_S + REFRESH_S) == {WEST}


def test_a_radar_that_was_put_right_looks(site):
    site.at(0.0)
    site.at(300.0)
    site.at(301.0, left_out=[PUT_RIGHT, 0])
    assert site.at(301.0 + WAY_S + REFRESH_S) == frozenset()


def test_a_radar_that_is_back_must_look_before_it_can_vouch(site):
    site.at(0.0)
    site.at(300.0)
    for t in range(310, 700, 10):
        assert site.at(float(t), is_silent=[1, 0]) <= {WEST}
    assert site.at(700.0) == {WEST}
    assert site.at(700.0 + 60.0) == frozenset()


def test_a_sky_that_does_not_change_is_not_judged_again_and_again(site):
    judged_s = set()
    for t in range(1000):
        site.at(float(t))
        judged_s.add(site.watch._judged_s)
    assert max(judged_s) <= WAY_S + REFRESH_S
    assert len(judged_s) <= WAY_S / REFRESH_S + 2
