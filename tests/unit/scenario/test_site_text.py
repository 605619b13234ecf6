"""Editing a site file: only what is meant changes, whatever way people wrote the rest."""

import tomllib

import pytest

from sangar.core.errors import ConfigurationError
from sangar.scenario.site import Site
from sangar.scenario.site_text import SensorChange, with_changes
from sangar.scenario.toml_file import parse_settings

TEXT = """\
[site]   # the place
name = "Test # not a comment"
latitude_deg = 1.0
longitude_deg = 2.0

# First sensor
[[sensor]]  # north
id = "a"
kind = "radar"
east_m = 1.0
north_m = 2.0
up_m = 3.0
left_out = "was broken"   # last week
[sensor.bias]
range_m = 7.0
time_s = 0.5
[sensor.accuracy]
range_m = 9.0  # measured

# Second sensor
[[ sensor ]]
id = "b"
kind = "camera"
east_m = 1.0
north_m = 2.0
up_m = 3.0
bias = { time_s = 0.1 }
[sensor.orientation]
azimuth_deg = 5.0

# What follows is of the zone
[[zone]]
id = "z"
name = "Z"
polygon_m = [[0, 0],
  [100, 0],
  [100, 100]]
"""


def edited(changes, text=TEXT):
    return with_changes(text, changes, "by test", "site.toml")


def test_no_change_changes_nothing():
    assert edited({}) == TEXT


def test_a_bias_is_replaced_wherever_it_stood_and_all_else_stays():
    text = edited({"a": SensorChange(bias={"range_m": 40.0}, left_out=""), "b": SensorChange(bias={"time_s": -0.2})})
    first, second = tomllib.loads(text)["sensor"]
    assert first["bias"] == {"range_m": 40.0}
    assert second["bias"] == {"time_s": -0.2}
    assert "left_out" not in first
    assert first["accuracy"] == {"range_m": 9.0}
    for comment in (
        "# the place",
        "# First sensor",
        "# north",
        "# measured",
        "# Second sensor",
        "# What follows is of the zone",
    ):
        assert comment in text
    assert text.index("# Second sensor") > text.index("range_m = 40.0")
    parse_settings(text, Site, "site.toml")


def test_an_orientation_takes_the_place_of_its_table():
    text = edited({"b": SensorChange(orientation={"azimuth_deg": 7.25, "pitch_deg": -1.0, "roll_deg": 0.5})})
    first, second = tomllib.loads(text)["sensor"]
    assert second["orientation"] == {"azimuth_deg": 7.25, "pitch_deg": -1.0, "roll_deg": 0.5}
    assert second["bias"] == {"time_s": 0.1}
    assert first == tomllib.loads(TEXT)["sensor"][0]


@pytest.mark.parametrize("reason", ["plain", 'with "quotes" and \\ strokes', "two\nlines", "a\x1b[31m colour"])
def test_a_reason_is_written_so_that_it_can_be_read_again(reason):
    text = edited({"b": SensorChange(left_out=reason)})
    site = parse_settings(text, Site, "site.toml")
    assert site.sensors[1].left_out == "".join(letter if letter.isprintable() else " " for letter in reason)


def test_editing_twice_is_editing_once():
    changes = {"a": SensorChange(bias={"range_m": 1.5}, left_out="why"), "b": SensorChange(bias={"time_s": 0.0})}
    once = edited(changes)
    assert edited(changes, once) == once


def test_sensors_in_one_line_are_refused_rather_than_risked():
    text = '[site]\nname = "x"\nlatitude_deg = 0.0\nlongitude_deg = 0.0\n'
    inline = 'sensor = [{ id = "a", kind = "rf", east_m = 0.0, north_m = 0.0, up_m = 0.0 }]\n'
    with pytest.raises(ConfigurationError, match=r"\[\[sensor\]\]"):
        edited({"a": SensorChange(left_out="why")}, inline + text)


def test_a_value_over_several_lines_is_refused_rather_than_torn():
    text = TEXT.replace('left_out = "was broken"   # last week', 'left_out = """was\\\nbroken"""')
    with pytest.raises(ConfigurationError, match="without risk"):
        edited({"a": SensorChange(left_out="why")}, text)
