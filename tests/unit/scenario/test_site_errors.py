"""Everything a user can get wrong in a site file gives one sentence that names the place and the mend."""

from pathlib import Path

import pytest

from sangar.core.errors import ConfigurationError
from sangar.scenario.site import load_site

HEAD = '[site]\nname = "Here"\nlatitude_deg = 33.8\nlongitude_deg = 42.4\n'
RADAR = '[[sensor]]\nid = "r1"\nkind = "radar"\neast_m = 0\nnorth_m = 0\nup_m = 5\n'
ZONE = '[[zone]]\nid = "z1"\nname = "Camp"\n'
SQUARE = "polygon_m = [[0, 0], [100, 0], [100, 100], [0, 100]]\n"

WRONG = {
    "typo in a field": (
        HEAD + RADAR + RADAR.replace("r1", "r2") + "[sensor.accuracy]\nrang_m = 3\n",
        ["sensor[1].accuracy.rang_m: is not a known field", "did you mean 'range_m'?"],
    ),
    "unknown field with no near name": (HEAD + "wxyz = 1\n", ["site.wxyz: is not a known field", "known here: name,"]),
    "unknown table": (HEAD + "[[sensr]]\nid = 1\n", ["sensr: is not a known field", "did you mean 'sensor'?"]),
    "missing field": (HEAD + RADAR.replace('id = "r1"\n', ""), ["sensor[0].id: is missing", "add it (id = ...)"]),
    "missing site": (RADAR, ["site: is missing"]),
    "wrong type": (
        HEAD + RADAR + 'period_s = "1 s"\n',
        ["sensor[0].period_s: is text in quotes, not a number; write a number"],
    ),
    "true for a number": (HEAD + RADAR + "period_s = true\n", ["sensor[0].period_s: is true or false, not a number"]),
    "list for a table": (HEAD + "[[perimeter]]\n" + SQUARE, ["perimeter: is a list, not a table; write a table"]),
    "not positive": (
        HEAD + RADAR + "[sensor.accuracy]\nrange_m = 0\n",
        ["sensor[0].accuracy.range_m: is outside its limits; write a number > 0.0"],
    ),
    "echoes farther apart than any body is long": (
        HEAD + RADAR + "[sensor.accuracy]\necho_extent_m = 250\n",
        ["sensor[0].accuracy.echo_extent_m: is outside its limits; write a number <= 100.0"],
    ),
    "echoes less than nothing apart": (
        HEAD + RADAR + "[sensor.accuracy]\necho_extent_m = -1\n",
        ["sensor[0].accuracy.echo_extent_m: is outside its limits; write a number >= 0.0"],
    ),
    "not a number": (HEAD + RADAR + "period_s = nan\n", ["sensor[0].period_s: nan is not a finite number"]),
    "infinite": (HEAD + "altitude_m = inf\n", ["site.altitude_m: inf is not a finite number"]),
    "number too large for a float": (HEAD + f"altitude_m = {10**400}\n", ["site.altitude_m"]),
    "latitude out of range": (
        HEAD.replace("33.8", "133.8"),
        ["site.latitude_deg: is outside its limits; write a number <= 90.0"],
    ),
    "probability of one": (
        HEAD + RADAR + "[sensor.coverage]\ndetection_probability = 1.0\n",
        ["sensor[0].coverage.detection_probability: is outside its limits; write a number < 1.0"],
    ),
    "unknown kind": (
        HEAD + RADAR.replace('"radar"', '"rader"'),
        ["sensor[0].kind: 'rader' is not a choice", "did you mean 'radar'?", "acoustic"],
    ),
    "same id twice": (HEAD + RADAR + RADAR, ["sensor[1].id: 'r1' is already the id of sensor[0]", "rename one"]),
    "half a position": (HEAD + RADAR.replace("up_m = 5\n", ""), ["sensor[0]: the position is not complete", "up_m"]),
    "two positions": (
        HEAD + RADAR + "latitude_deg = 33.8\nlongitude_deg = 42.4\naltitude_m = 1\n",
        ["sensor[0]: the position is given twice"],
    ),
    "latitude and longitude swapped": (
        HEAD + ZONE + "polygon_deg = [[42.4, 33.8], [42.4, 33.9], [42.5, 33.9]]\n",
        ["zone[0]: is 1", "km from the site", "latitude first"],
    ),
    "two corners": (
        HEAD + ZONE + "polygon_m = [[0, 0], [1, 1]]\n",
        ["zone[0].polygon_m: is outside its limits; write a list of length >= 3"],
    ),
    "three coordinates": (
        HEAD + ZONE + "polygon_m = [[0, 0, 0], [1, 1, 0], [1, 0, 0]]\n",
        ["zone[0].polygon_m[0]: is 3, not a list of length 2"],
    ),
    "crossed polygon": (
        HEAD + ZONE + "polygon_m = [[0, 0], [100, 100], [100, 0], [0, 100]]\n",
        ["zone[0].polygon_m: is no simple polygon", "Self-intersection"],
    ),
    "flat polygon": (HEAD + ZONE + "polygon_m = [[0, 0], [1, 1], [2, 2]]\n", ["zone[0].polygon_m: "]),
    "no polygon": (HEAD + ZONE, ["zone[0]: the area has no polygon", "polygon_deg"]),
    "ranges crossed": (
        HEAD + RADAR + "[sensor.coverage]\nmin_range_m = 20000\n",
        ["sensor[0].coverage.min_range_m: 20000.0 is not below max_range_m"],
    ),
    "elevations crossed": (
        HEAD + RADAR + "[sensor.coverage]\nmin_elevation_deg = 80\n",
        ["sensor[0].coverage.min_elevation_deg: is not below"],
    ),
    "corridor upside down": (
        HEAD + '[[corridor]]\nid = "c"\nname = "C"\nfloor_m = 500\nceiling_m = 100\n' + SQUARE,
        ["corridor[0].floor_m: is not below ceiling_m"],
    ),
    "corridor closes before it opens": (
        HEAD + '[[corridor]]\nid = "c"\nname = "C"\nfloor_m = 5\nceiling_m = 10\nopens_s = 9\ncloses_s = 8\n' + SQUARE,
        ["corridor[0].opens_s: is not before closes_s"],
    ),
    "file channel without a path": (
        HEAD + '[[channel]]\nid = "c"\nkind = "file"\nmode = "live"\n',
        ["channel[0].path: is missing"],
    ),
    "id with a slash": (HEAD + RADAR.replace('"r1"', '"../r1"'), ["sensor[0].id: is not usable text", "letters"]),
    "control characters in a name": (HEAD.replace("Here", "He\\u001B[31mre"), ["site.name: is not usable text"]),
    "policy typo": (HEAD + "[policy.tracking]\ngaet = 9\n", ["policy.tracking.gaet", "did you mean 'gate'?"]),
    "policy against itself": (
        HEAD + "[policy.warning]\ncost_of_silence = 0.5\n",
        ["policy.warning: cost_of_false_alarm"],
    ),
    "bad syntax": (HEAD + "people = \n", ["is not valid TOML", "line 5"]),
    "nested too deeply": (HEAD + "deep = " + "[" * 5000, ["is nested too deeply"]),
}


@pytest.mark.parametrize(("text", "parts"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_site_file_is_refused_in_one_sentence(tmp_path, text, parts):
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert [part for part in parts if part not in sentence] == []
    assert "\n" not in sentence
    assert sentence.isprintable()


def test_the_error_carries_its_parts_for_programs(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(HEAD + RADAR + "[sensor.accuracy]\nrang_m = 3\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    assert caught.value.source == str(path)
    assert caught.value.path == "sensor[0].accuracy.rang_m"
    assert caught.value.mend == "did you mean 'range_m'?"


def test_a_hostile_field_name_cannot_write_to_the_terminal(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(HEAD + '"\\u001B[2Jgone" = 1\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    assert "\x1b" not in str(caught.value)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.toml: does not exist; check the path"):
        load_site(tmp_path / "absent.toml")


def test_a_directory_is_not_a_file(tmp_path):
    with pytest.raises(ConfigurationError, match="is not a file"):
        load_site(tmp_path)


def test_a_file_in_another_encoding_names_the_byte(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('[site]\nname = "Café"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 text \(byte 18\); save the file as UTF-8"):
        load_site(path)


def test_a_byte_order_mark_is_harmless(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(HEAD, encoding="utf-8-sig")
    assert load_site(path).reference.name == "Here"


def test_recorded_data_is_not_swallowed_as_settings(tmp_path):
    path = tmp_path / "huge.toml"
    path.write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(ConfigurationError, match="is larger than 4 MiB"):
        load_site(path)


def test_a_name_with_a_null_byte_is_no_crash():
    with pytest.raises(ConfigurationError):
        load_site(Path("site\0.toml"))
