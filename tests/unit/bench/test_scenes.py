"""The common scenes are the ones every other tracker was measured on, and a bad scene file is a clear error."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sangar.bench.air_traffic import generate_air_traffic, polar
from sangar.bench.scenes import azimuth_from_bearing_rad, generate_scene, load_scene, scene_from_arrays
from sangar.core.errors import ConfigurationError

PUBLISHED_COUNTS = {10: (3647, 1032), 50: (8367, 5324), 100: (14623, 10866), 500: (31659, 27098), 1000: (62399, 54537)}


@pytest.mark.parametrize("size", PUBLISHED_COUNTS)
def test_the_scenes_have_the_published_counts(size):
    scene = generate_scene(size)
    counts = sum(len(scan) for scan in scene.detections), sum(len(truth.labels) for truth in scene.truths)
    assert counts == PUBLISHED_COUNTS[size]
    assert scene.meta.scan_count == len(scene.detections) == len(scene.truths) == (120 if size <= 100 else 60)


@pytest.mark.parametrize("size", PUBLISHED_COUNTS)
def test_the_scenes_are_bit_identical_to_the_common_generator(size, load_common):
    generator = load_common("gen")
    theirs, ours = generator.make(size, generator.SCANS[size], 20220103), generate_air_traffic(size)
    assert theirs["meta"] == ours["meta"]
    for name in ("det", "det_scan", "det_truth", "truth"):
        assert theirs[name].dtype == ours[name].dtype
        assert theirs[name].tobytes() == ours[name].tobytes()


def test_a_scene_file_reads_as_the_scene_it_was_written_from(tmp_path):
    np.savez_compressed(tmp_path / "air10.npz", **generate_air_traffic(10))
    read, made = load_scene(tmp_path / "air10.npz"), generate_scene(10)
    assert (read.name, read.meta) == (made.name, made.meta)
    for ours, theirs in zip(read.detections, made.detections, strict=True):
        assert_array_equal(ours, theirs)
    for known, written in zip(read.truths, made.truths, strict=True):
        assert_array_equal(known.labels, written.labels)
        assert_array_equal(known.positions_m, written.positions_m)


def test_detections_of_targets_scatter_as_stated():
    arrays = generate_air_traffic(100)
    truth = {(row[0], row[1]): row[2:] for row in arrays["truth"]}
    real = arrays["det_truth"] >= 0
    keys = zip(arrays["det_scan"][real], arrays["det_truth"][real], strict=True)
    states = np.array([truth[scan, target] for scan, target in keys])
    error = arrays["det"][real] - polar(states[:, :3], states[:, 3:])
    error[:, 0] = (error[:, 0] + np.pi) % (2 * np.pi) - np.pi
    count = len(error)
    assert_allclose(error.std(axis=0), [1.5e-3, 1.5e-3, 10.0, 1.0], rtol=4 / np.sqrt(2 * count))
    assert abs(real.sum() / len(arrays["truth"]) - 0.9) < 4 * np.sqrt(0.09 / len(arrays["truth"]))


@pytest.mark.parametrize(
    ("east", "north", "azimuth_deg"), [(0, 1, 0), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (1, 1, 45)]
)
def test_a_bearing_becomes_a_compass_azimuth(east, north, azimuth_deg):
    azimuth_rad = azimuth_from_bearing_rad(np.array([np.arctan2(north, east)]))
    assert_allclose(np.degrees(azimuth_rad), azimuth_deg, atol=1e-9)


def test_clutter_density_is_the_mean_count_over_the_measured_volume():
    meta = generate_scene(50).meta
    volume = 2 * np.pi * np.radians(30.0) * 39e3 * 400.0
    assert_allclose(meta.clutter_density, 30.0 / volume)


def damaged(**changes):
    arrays = dict(generate_air_traffic(3))
    arrays.update(changes)
    return {name: array for name, array in arrays.items() if array is not None}


def meta_with(**changes):
    return json.dumps(json.loads(generate_air_traffic(3)["meta"]) | changes)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"det": None}, "det"),
        ({"truth": None}, "truth"),
        ({"meta": None}, "meta"),
        ({"det": np.zeros((5, 3))}, "det"),
        ({"det": np.full((5, 4), "far")}, "det"),
        ({"det": np.full((5, 4), np.nan), "det_scan": np.zeros(5, int)}, "det"),
        ({"det_scan": np.zeros(2, int)}, "det_scan"),
        ({"truth": np.full((5, 8), np.inf)}, "truth"),
        ({"meta": "{"}, "meta"),
        ({"meta": json.dumps({"n": 3})}, "meta"),
        ({"meta": json.dumps({"n": "many"})}, "meta"),
        ({"meta": meta_with(clutter_r=[4e4, 1e3])}, "meta"),
        ({"meta": meta_with(pd=1.0)}, "meta"),
        ({"meta": meta_with(dt=0.0)}, "meta"),
        ({"meta": meta_with(scans=10**12)}, "meta"),
        ({"meta": meta_with(scans=5)}, "det_scan"),
        ({"truth": np.full((1, 8), -1.0)}, "truth"),
    ],
)
def test_a_damaged_scene_file_is_refused_by_the_name_of_the_array(changes, path, tmp_path):
    np.savez(tmp_path / "bad.npz", **damaged(**changes))
    with pytest.raises(ConfigurationError) as caught:
        load_scene(tmp_path / "bad.npz")
    assert caught.value.path == path
    assert caught.value.source.endswith("bad.npz")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_archive_is_refused(content, tmp_path):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ConfigurationError, match="give a"):
        load_scene(tmp_path / "bad.npz")


def test_a_lone_array_is_no_scene(tmp_path):
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ConfigurationError, match="give a"):
        load_scene(tmp_path / "array.npy")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "absent.npz", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            load_scene(path)


def test_pickled_objects_in_a_scene_file_are_not_opened(tmp_path):
    np.savez(tmp_path / "objects.npz", **damaged(det=np.array([{"a": 1}], dtype=object)))
    with pytest.raises(ConfigurationError, match="give a"):
        load_scene(tmp_path / "objects.npz")


def test_a_scene_of_no_targets_is_refused():
    with pytest.raises(ConfigurationError, match="1 or more"):
        generate_scene(0)


def test_scans_without_detections_stay_in_their_place():
    arrays = generate_air_traffic(3)
    keep = arrays["det_scan"] != 7
    arrays["det"], arrays["det_scan"] = arrays["det"][keep], arrays["det_scan"][keep]
    scene = scene_from_arrays("gap", arrays)
    assert len(scene.detections) == 60
    assert scene.detections[7].shape == (0, 4)
