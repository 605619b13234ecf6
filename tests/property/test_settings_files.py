"""Whatever stands in a settings file, it is either read as meant or refused in one sentence."""

import math

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sangar.core.errors import ConfigurationError
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings, read_settings

number = st.floats(1e-3, 1e5)
identifier = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,20}\Z")
line = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_characters="\x7f"), min_size=1).filter(
    lambda text: text.isprintable()
)


def _id_of(sensor):
    return sensor["id"]


# plain tables, not settings: those check themselves when made, and Hypothesis must not meet that while it draws
sensors = st.fixed_dictionaries(
    {
        "id": identifier,
        "kind": st.sampled_from(["radar", "camera", "acoustic", "rf", "cooperative"]),
        "east_m": st.floats(-3e5, 3e5),
        "north_m": st.floats(-3e5, 3e5),
        "up_m": st.floats(-100, 4000),
    },
    optional={
        "period_s": number,
        "orientation": st.fixed_dictionaries({"azimuth_deg": st.floats(-360, 360), "pitch_deg": st.floats(-90, 90)}),
        "accuracy": st.fixed_dictionaries({}, optional={"range_m": number, "azimuth_deg": st.floats(0.001, 180)}),
        "coverage": st.fixed_dictionaries(
            {}, optional={"max_range_m": st.floats(3000, 1e5), "reference_rcs_dbsm": st.floats(-30, 20)}
        ),
    },
)
sites = st.fixed_dictionaries(
    {
        "site": st.fixed_dictionaries(
            {
                "name": line,
                "latitude_deg": st.floats(-89, 89),
                "longitude_deg": st.floats(-180, 180),
                "altitude_m": st.floats(-400, 5000),
            }
        ),
        "sensor": st.lists(sensors, max_size=4, unique_by=_id_of),
    }
)


def _toml(value):
    """TOML text of plain values: a writer of our own, so that the reader is checked by something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items() if item is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


@given(sites)
def test_a_site_file_means_what_stands_in_it(tables):
    text = "\n".join(f"{key} = {_toml(item)}" for key, item in tables.items())
    assert parse_settings(text, Site, "site.toml") == msgspec.convert(tables, Site)


@given(sites)
def test_a_site_written_and_read_again_is_the_same_site(tables):
    site = msgspec.convert(tables, Site)
    written = msgspec.to_builtins(site)
    text = "\n".join(f"{key} = {_toml(item)}" for key, item in written.items() if item is not None)
    assert parse_settings(text, Site, "site.toml") == site


@given(sites)
def test_resolved_numbers_are_always_usable(tables):
    for sensor in msgspec.convert(tables, Site).sensors:
        assert all(sigma > 0.0 and math.isfinite(sigma) for sigma in sensor.sigma)
        nearest_m, farthest_m = sensor.range_limits_m
        assert 0.0 <= nearest_m < farthest_m
        assert sensor.look_period_s > 0.0


def _refusal(read):
    """The error with which a reading is refused; None where it is not."""
    try:
        read()
    except ConfigurationError as error:
        return error
    return None


def _check_text(text, kind):
    refusal = _refusal(lambda: parse_settings(text, kind, "file.toml"))
    assert refusal is None or str(refusal).startswith("file.toml: ")
    assert refusal is None or refusal.mend


@settings(max_examples=300)
@given(st.text(max_size=300), st.sampled_from([Site, Scenario]))
def test_any_text_is_read_or_refused_but_never_crashes(text, kind):
    _check_text(text, kind)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | line,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(identifier.filter(lambda key: "." not in key), inner),
    max_leaves=8,
).filter(lambda value: value is not None)
FIELDS = [
    "sensor",
    "zone",
    "perimeter",
    "asset",
    "corridor",
    "channel",
    "policy",
    "threat",
    "birds",
    "effector",
    "desk",
]


@settings(max_examples=200)
@given(st.sampled_from(FIELDS), values, st.sampled_from([Site, Scenario]))
def test_any_value_in_any_field_is_read_or_refused(field, value, kind):
    head = (
        'name = "x"\nduration_s = 9\n'
        if kind is Scenario
        else 'site = { name = "x", latitude_deg = 1, longitude_deg = 2 }\n'
    )
    _check_text(f"{head}{field} = {_toml(value)}\n", kind)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("settings") / "site.toml"
    path.write_bytes(data)
    refusal = _refusal(lambda: read_settings(path, Site))
    assert refusal is None or refusal.source == str(path)
