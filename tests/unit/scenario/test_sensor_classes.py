"""What a site file says of a sensor's word on what it sees."""

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.errors import ConfigurationError
from sangar.core.targets import TargetClass
from sangar.pipeline.layout import sensor_table
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

ROWS = {target_class.name.lower(): [0.5, 0.5] for target_class in TargetClass} | {"bird": [0.1, 0.9]}


def text(rows, reports='["rotary_drone", "bird"]'):
    lines = "\n".join(f"{name} = {row}" for name, row in rows.items())
    return (
        '[site]\nname = "s"\nlatitude_deg = 0.0\nlongitude_deg = 0.0\n'
        '[[sensor]]\nid = "r"\nkind = "radar"\neast_m = 0.0\nnorth_m = 0.0\nup_m = 0.0\n'
        f"[sensor.classes]\nreports = {reports}\ninterval_s = 4.0\n[sensor.classes.confusion]\n{lines}\n"
    )


def test_the_table_reaches_the_step_as_logarithms():
    row = sensor_table(parse_settings(text(ROWS), Site, "site.toml"))[0]
    assert row["report_interval_s"] == 4.0
    chances = np.exp(row["report_log_chance"])
    assert_allclose(chances[TargetClass.BIRD, [TargetClass.BIRD, TargetClass.OTHER]], [0.9, 0.5])
    assert_allclose(chances[TargetClass.ROTARY_DRONE, TargetClass.BIRD], 0.1)
    assert_allclose(chances[TargetClass.AEROPLANE], 1.0)


def test_a_sensor_without_a_table_makes_no_reports():
    site = parse_settings(text(ROWS).split("[sensor.classes]")[0], Site, "site.toml")
    assert sensor_table(site)["report_interval_s"][0] == 0.0


@pytest.mark.parametrize(
    ("rows", "reports", "told"),
    [
        (ROWS | {"bird": [0.2, 0.9]}, '["rotary_drone", "bird"]', "sums to 1.1"),
        (ROWS | {"bird": [0.0, 1.0]}, '["rotary_drone", "bird"]', "not between 0 and 1"),
        (ROWS | {"bird": [0.2, 0.2, 0.6]}, '["rotary_drone", "bird"]', "3 numbers for 2 reports"),
        ({"bird": [0.1, 0.9]}, '["rotary_drone", "bird"]', "is missing"),
        (ROWS | {"ufo": [0.5, 0.5]}, '["rotary_drone", "bird"]', "'ufo' is not a class"),
        (ROWS, '["bird", "bird"]', "names a class twice"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(rows, reports, told):
    with pytest.raises(ConfigurationError, match=r"sensor\[0\].classes") as caught:
        parse_settings(text(rows, reports), Site, "site.toml")
    assert told in str(caught.value)


def test_a_written_table_is_read_as_the_same():
    site = parse_settings(text(ROWS), Site, "site.toml")
    assert msgspec.convert(msgspec.to_builtins(site), Site) == site
