"""Scenario files: what goes together and what does not, and the scenarios that come with Sangar."""

from datetime import UTC, datetime

import numpy as np
import pytest

from sangar.core.errors import ConfigurationError
from sangar.core.time import text_from_utc_ns
from sangar.scenario.library import find_scenario, shipped_scenarios
from sangar.scenario.scenario import Scenario, check_scenario, load_scenario
from sangar.scenario.site import Site, load_site
from sangar.scenario.toml_file import parse_settings

HEAD = 'name = "Exercise"\nduration_s = 60\n'
DRONE = '[[threat]]\nid = "d"\nkind = "rotary_drone"\nspeed_mps = 15\nroute_m = [[900, 0, 80], [0, 0, 5]]\n'
ROCKET = (
    '[[threat]]\nid = "r"\nkind = "rocket"\nlaunch = { east_m = 5000, north_m = 0, up_m = 0 }\n'
    "aim = { east_m = 0, north_m = 0, up_m = 0 }\n"
)
SITE = '[site]\nname = "Here"\nlatitude_deg = 33.8\nlongitude_deg = 42.4\n'

WRONG = {
    "no duration": ('name = "x"\n', "duration_s: is missing"),
    "drone without a route": (HEAD + DRONE.replace("route_m", "#"), "threat[0]: there is no route"),
    "drone without a speed": (HEAD + DRONE.replace("speed_mps", "#"), "threat[0].speed_mps: is missing"),
    "drone with a launch": (
        HEAD + DRONE + "launch = { east_m = 1, north_m = 1, up_m = 1 }\n",
        "threat[0].launch: does not go with kind 'rotary_drone'",
    ),
    "rocket with a route": (
        HEAD + ROCKET + "route_m = [[0, 0, 0], [1, 1, 1]]\n",
        "threat[0].route_m: does not go with",
    ),
    "rocket without an aim": (HEAD + ROCKET.replace("aim", "#"), "threat[0].aim: is missing"),
    "standing still": (HEAD + DRONE.replace("[900, 0, 80]", "[0, 0, 5]"), "threat[0].route_m[1]: is the same point"),
    "one way-point": (HEAD + DRONE.replace("[900, 0, 80], ", ""), "threat[0].route_m: is outside its limits"),
    "same id twice": (HEAD + DRONE + DRONE, "threat[1].id: 'd' is already the id of threat[0]"),
    "fault backwards": (
        HEAD + '[[fault]]\nsensor = "r"\nfrom_s = 9\nto_s = 3\n',
        "fault[0].from_s: is not before to_s",
    ),
    "time without an offset": (
        HEAD + 'start_utc = "2022-01-04T01:00:00"\n',
        "start_utc: is outside its limits; write an",
    ),
    "negative seed": (HEAD + "seed = -1\n", "seed: is outside its limits; write a whole number >= 0"),
    "unknown effector": (
        HEAD + '[[effector]]\nid = "e"\nkind = "laser"\neast_m = 0\nnorth_m = 0\nup_m = 0\n',
        "effector[0].kind: 'laser' is not a choice; choose one of: gun, interceptor",
    ),
    "effector ranges crossed": (
        HEAD + '[[effector]]\nid = "e"\nkind = "gun"\neast_m = 0\nnorth_m = 0\nup_m = 0\nmin_range_m = 9000\n',
        "effector[0].min_range_m: is not below max_range_m",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_scenario_is_refused_in_one_sentence(text, sentence):
    with pytest.raises(ConfigurationError) as caught:
        parse_settings(text, Scenario, "raid.toml")
    assert f"raid.toml: {sentence}" in str(caught.value)


def test_a_fault_of_a_sensor_the_site_has_not_is_refused():
    scenario = parse_settings(HEAD + '[[fault]]\nsensor = "r9"\nfrom_s = 1\nto_s = 3\n', Scenario, "raid.toml")
    with pytest.raises(ConfigurationError, match=r"fault\[0\]\.sensor: 'r9' is no sensor of the site"):
        check_scenario(scenario, parse_settings(SITE, Site, "site.toml"), "raid.toml")


def test_a_route_on_the_other_side_of_the_world_is_refused():
    route = DRONE.replace("route_m = [[900, 0, 80]", "route_deg = [[-33, 42, 80]")
    scenario = parse_settings(HEAD + route, Scenario, "raid.toml")
    with pytest.raises(ConfigurationError, match=r"threat\[0\]: is \d+ km from the site"):
        check_scenario(scenario, parse_settings(SITE, Site, "site.toml"), "raid.toml")


def test_a_start_instant_becomes_the_epoch():
    scenario = parse_settings(
        HEAD.replace("\nduration", "\nstart_utc = 2022-01-04T04:00:00+03:00\nduration"), Scenario, ""
    )
    assert scenario.start_utc == datetime(2022, 1, 4, 1, tzinfo=UTC)
    assert text_from_utc_ns(scenario.epoch_ns) == "2022-01-04T01:00:00.000Z"


def test_way_points_in_degrees_and_metres_mean_the_same():
    site = parse_settings(SITE, Site, "")
    scenario = parse_settings(HEAD + DRONE, Scenario, "")
    corners = site.frame.geodetic_from_enu(scenario.threats[0].waypoints_m(site.frame))
    text = ", ".join(f"[{a!r}, {b!r}, {c!r}]" for a, b, c in corners.tolist())
    again = parse_settings(
        HEAD + DRONE.replace("[900, 0, 80], [0, 0, 5]", text).replace("route_m", "route_deg"), Scenario, ""
    )
    np.testing.assert_allclose(
        again.threats[0].waypoints_m(site.frame), scenario.threats[0].waypoints_m(site.frame), atol=1e-6
    )


def test_the_five_incidents_are_shipped():
    assert shipped_scenarios() == [
        "ain_al_asad_2022_01_04",
        "ain_al_asad_2022_01_05",
        "baghdad_2022_01_03",
        "tower_22_2024_01_28",
        "yavne_2024_12_09",
    ]


def test_a_judgement_of_nobody_is_refused():
    files = find_scenario("yavne_2024_12_09")
    text = files.scenario.read_text().replace('body = "drone-1"', 'body = "drone-9"')
    scenario = parse_settings(text, Scenario, "s")
    with pytest.raises(
        ConfigurationError, match=r"judgement\[0\].body: 'drone-9' is no threat .*choose one of: drone-1"
    ):
        check_scenario(scenario, load_site(files.site), "s")


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_goes_with_its_site_and_says_what_is_fact(name):
    files = find_scenario(name)
    site, scenario = load_site(files.site), load_scenario(files.scenario)
    check_scenario(scenario, site, name)
    assert "illustrative" in site.reference.name
    assert "Illustration" in scenario.description
    assert scenario.sources
    assert 120.0 <= scenario.duration_s <= 240.0
    assert site.zones
    assert site.perimeter is not None


@pytest.mark.parametrize(
    ("name", "threats"),
    [
        ("baghdad_2022_01_03", 2),
        ("ain_al_asad_2022_01_04", 2),
        ("ain_al_asad_2022_01_05", 5),
        ("tower_22_2024_01_28", 1),
        ("yavne_2024_12_09", 1),
    ],
)
def test_a_shipped_scenario_has_as_many_threats_as_were_reported(name, threats):
    assert len(load_scenario(find_scenario(name).scenario).threats) == threats


def test_a_scenario_is_found_by_path(tmp_path):
    (tmp_path / "my.site.toml").write_text(SITE, encoding="utf-8")
    (tmp_path / "raid.toml").write_text('site = "my.site.toml"\n' + HEAD, encoding="utf-8")
    assert find_scenario(tmp_path / "raid.toml").site == tmp_path / "my.site.toml"


def test_an_unknown_scenario_names_the_known_ones():
    with pytest.raises(ConfigurationError, match=r"there is no such scenario; .*ain_al_asad_2022_01_04"):
        find_scenario("atlantis")


def test_a_scenario_without_a_site_says_how_to_name_one(tmp_path):
    (tmp_path / "raid.toml").write_text(HEAD, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"raid\.toml: site: is missing; add the path"):
        find_scenario(tmp_path / "raid.toml")


def test_a_scenario_whose_site_is_gone_says_so(tmp_path):
    (tmp_path / "raid.toml").write_text('site = "gone.toml"\n' + HEAD, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"site: 'gone\.toml' is no file beside it"):
        find_scenario(tmp_path / "raid.toml")
