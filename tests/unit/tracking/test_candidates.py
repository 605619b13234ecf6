"""The grid finds every pair that a search over all pairs finds, at the same price, whatever a sensor measures."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.events import allocate_outputs
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import CANDIDATE_OVERFLOW_COUNT, HIGH_WATER, TrackTable, allocate_tracks
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.association.admission import admit
from sangar.tracking.kernels.association.candidates import find_candidates
from sangar.tracking.kernels.association.grid import azimuth_cell, build_grid, cell_start
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.settings import TrackingParameters, TrackingSettings
from sangar.tracking.workspace import HYPOTHESIS, Workspace, allocate_workspace
from tests.unit.tracking.sightings import blank, full_matrix

SETTINGS = TrackingSettings()
SITE_ALTITUDE_M = 150.0
PARAMETERS = SETTINGS.parameters(0.6, SITE_ALTITUDE_M)
EARTH_RADIUS_M = 6371000.0
SIGMA = np.array([20.0, 0.01, 0.01, 2.0, 30.0, 15.0, 15.0, 15.0])
SENSES = {
    "radar with everything": [[RANGE, AZIMUTH, ELEVATION, RANGE_RATE]],
    "flat radar": [[RANGE, AZIMUTH]],
    "flat radar with flight level": [[RANGE, AZIMUTH, ALTITUDE]],
    "camera": [[AZIMUTH, ELEVATION]],
    "acoustic bearing": [[AZIMUTH]],
    "position reports": [[EAST, NORTH, UP]],
    "position reports without height": [[EAST, NORTH]],
    "all mixed": [[RANGE, AZIMUTH, ELEVATION], [AZIMUTH, ELEVATION], [RANGE, AZIMUTH], [EAST, NORTH, UP], [AZIMUTH]],
}
"""What is measured: one list for each kind of detection in the batch."""


class Scene(NamedTuple):
    """Tracks and a batch."""

    tracks: TrackTable
    batch: NDArray[np.void]
    sensors: NDArray[np.void]
    time_s: float


def turn(about_up: float, tilt: float) -> NDArray[np.float64]:
    """Rotation about up, then about the first axis."""
    c, s, k, t = np.cos(about_up), np.sin(about_up), np.cos(tilt), np.sin(tilt)
    upright, tilted = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]), np.array([[1, 0, 0], [0, k, t], [0, -t, k]])
    matrix: NDArray[np.float64] = tilted @ upright
    return matrix


def random_covariance(generator: np.random.Generator) -> NDArray[np.float64]:
    """Packed covariance of position (5-80 m) and velocity (0.5-40 m/s), correlated."""
    scale = np.repeat([generator.uniform(5.0, 80.0), generator.uniform(0.5, 40.0)], 3)
    root = generator.normal(size=(6, 6)) * 0.4 + np.eye(6)
    return ((root @ root.T) * np.outer(scale, scale))[np.tril_indices(6)]


def random_states(generator: np.random.Generator, count: int, sensor: np.void) -> NDArray[np.float64]:
    """Bodies all round the sensor: a third anywhere, a third at the back where azimuth wraps, a third overhead."""
    offset = generator.uniform(-6000.0, 6000.0, (count, 3))
    offset[:, 2] = generator.uniform(50.0, 2500.0, count)
    third = count // 3
    offset[:third, 0] = generator.normal(0.0, 60.0, third)
    offset[:third, 1] = -np.abs(offset[:third, 1])
    offset[third : 2 * third, :2] = generator.normal(0.0, 150.0, (third, 2))
    velocity = generator.normal(0.0, [80.0, 80.0, 10.0], (count, 3))
    return np.column_stack([offset @ sensor["local_from_site"] + sensor["position_m"], velocity])


def fill_tracks(tracks: TrackTable, states: NDArray[np.float64], age_s: NDArray[np.float64], time_s: float, seed: int):
    """Flown tracks, both motion models alike, some seconds old."""
    generator = np.random.default_rng(seed)
    tracks.counters[HIGH_WATER] = len(states)
    for i, (row, state) in enumerate(zip(tracks.rows, states, strict=False)):
        row["id"], row["time_s"], row["thrown_logit"] = i + 1, time_s - age_s[i], -20.0
        row["status"] = TrackStatus.CONFIRMED
        row["heard"], row["heard_s"] = 2, time_s  # another sensor sees it too
        row["mean"], row["state"] = state, state
        row["covariance"] = row["state_covariance"] = random_covariance(generator)
        first = generator.uniform(0.05, 0.95)
        row["mode"] = first, 1.0 - first


def make_scene(seed: int, senses: list[list[int]], tracks: int = 90, clutter: int = 150) -> Scene:
    """Random tracks, a detection near where each will be (up to the gate's edge and beyond), and clutter."""
    generator = np.random.default_rng(seed)
    sensors = allocate_sensors(1)
    sensors["position_m"] = generator.uniform(-500.0, 500.0, 3)
    sensors["local_from_site"] = turn(generator.uniform(0, 6), generator.uniform(-0.1, 0.1))
    sensors["clutter_density"], sensors["period_s"], time_s = 1e-12, 4.0, 100.0
    table = allocate_tracks(tracks + 10)
    states = random_states(generator, tracks, sensors[0])
    age_s = generator.choice([-0.2, 0.0, 0.1, 1.0, 4.0], tracks)
    fill_tracks(table, states, age_s, time_s, seed)
    lag_s = generator.choice([0.0, 0.0, 0.3, 2.0, 4.0], tracks + clutter)
    bodies = np.concatenate([states, random_states(generator, clutter, sensors[0])])
    flown_s = np.concatenate([age_s, np.zeros(clutter)]) - lag_s
    bodies[:, :3] += flown_s[:, None] * bodies[:, 3:] + generator.normal(0.0, 80.0, (len(bodies), 3))
    batch = blank(len(bodies), time_s)
    batch["time_s"] -= lag_s
    seen = measure(bodies, sensors[0]) + generator.normal(0.0, 1.0, (len(bodies), 8)) * SIGMA
    for d, record in enumerate(batch):
        columns = senses[d % len(senses)]
        record["measured"][columns], record["sigma"][columns] = seen[d, columns], SIGMA[columns]
        record["measured"][RANGE] = np.abs(record["measured"][RANGE])
    return Scene(table, batch, sensors, time_s)


def measure(states: NDArray[np.float64], sensor: np.void) -> NDArray[np.float64]:
    """All eight numbers (n, 8) of bodies (n, 6), by their definitions."""
    local = (states[:, :3] - sensor["position_m"]) @ sensor["local_from_site"].T
    velocity = states[:, 3:] @ sensor["local_from_site"].T
    ground, slant = np.hypot(local[:, 0], local[:, 1]), np.linalg.norm(local, axis=1)
    altitude = SITE_ALTITUDE_M + states[:, 2] + (states[:, 0] ** 2 + states[:, 1] ** 2) / (2.0 * EARTH_RADIUS_M)
    rate = (local * velocity).sum(axis=1) / slant
    angles = np.arctan2(local[:, 0], local[:, 1]), np.arctan2(local[:, 2], ground)
    return np.column_stack([slant, *angles, rate, altitude, states[:, :3]])


def difference(measured: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measured minus predicted, azimuth wrapped."""
    gap = measured - predicted
    gap[:, AZIMUTH] = np.angle(np.exp(1j * gap[:, AZIMUTH]))
    return gap


def predicted_track(track: np.void, dt_s: float, settings: TrackingSettings = SETTINGS):
    """Mean, and share and covariance (6, 6) of each model, after dt_s; both models of the track stand alike."""
    step = np.eye(6)
    step[:3, 3:] = dt_s * np.eye(3)
    stay = np.exp(-dt_s / settings.steady_time_s), np.exp(-dt_s / settings.manoeuvre_time_s)
    steady = track["mode"][0] * stay[0] + track["mode"][1] * (1.0 - stay[1])
    axes = np.diag([1.0, 1.0, settings.vertical_noise_ratio])
    unit = np.kron([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]], axes)
    flown = step @ full_matrix(track["state_covariance"][0], 6) @ step.T
    models = [
        (steady, flown + settings.steady_noise_m2ps3 * unit),
        (1.0 - steady, flown + settings.manoeuvre_noise_m2ps3 * unit),
    ]
    return step @ track["state"][0], models


def is_flat(batch: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which detections tell a range and no height."""
    told = ~np.isnan(batch["measured"])
    return np.asarray(told[:, RANGE] & ~told[:, [ELEVATION, ALTITUDE, UP]].any(axis=1))


def bend(mean: NDArray[np.float64], covariance: NDArray[np.float64], sensor: np.void) -> float:
    """How much the mean distance of a body exceeds that of its mean place, which is vague up and down the arc."""
    away, up = mean[:3] - sensor["position_m"], sensor["local_from_site"][2]
    arc = up - (up @ away) / (away @ away) * away
    arc /= np.linalg.norm(arc)
    return float(0.5 * arc @ covariance[:3, :3] @ arc / np.linalg.norm(away))


def all_pairs(scene: Scene) -> dict[tuple[int, int], tuple[float, float]]:
    """Squared distance and cost of every track with every detection, with matrices and numerical gradients.

    What was not measured is given zero gradient, zero innovation and unit noise, so it adds nothing. The distance is
    that of the nearer model, the cost that of their mixture.
    """
    sensor, batch = scene.sensors[0], scene.batch
    absent = np.isnan(batch["measured"])
    noise = np.where(absent, 1.0, np.nan_to_num(batch["sigma"]) ** 2)
    ratio = np.log(0.9 / 0.1) - np.log(sensor["clutter_density"])
    pairs = {}
    for i in range(scene.tracks.counters[HIGH_WATER]):
        track = scene.tracks.rows[i]
        dt_s = max(0.0, scene.time_s - track["time_s"])
        mean, models = predicted_track(track, dt_s)
        shift = np.tile(np.eye(6), (len(batch), 1, 1))
        shift[:, :3, 3:] = (batch["time_s"] - track["time_s"] - dt_s)[:, None, None] * np.eye(3)
        there = shift @ mean
        gradient = np.empty((len(batch), 8, 6))
        for axis in range(6):
            step = np.eye(6)[axis] * 1e-3
            ahead, behind = measure(there + step, sensor), measure(there - step, sensor)
            gradient[:, :, axis] = difference(ahead, behind) / 2e-3
        gradient = np.where(absent[:, :, None], 0.0, gradient @ shift)
        gap = np.where(absent, 0.0, difference(batch["measured"], measure(there, sensor)))
        bend_m = np.where(is_flat(batch), bend(mean, models[-1][1], sensor), 0.0)
        gap[:, RANGE] -= bend_m
        bent = noise + 2.0 * bend_m[:, None] ** 2 * np.eye(8)[RANGE]
        nearest, density = np.full(len(batch), np.inf), np.full(len(batch), -np.inf)
        for share, covariance in models:
            spread = gradient @ covariance @ gradient.transpose(0, 2, 1) + bent[:, :, None] * np.eye(8)
            squared = np.einsum("ni,ni->n", gap, np.linalg.solve(spread, gap[:, :, None])[:, :, 0])
            volume = np.linalg.slogdet(spread)[1] + (~absent).sum(axis=1) * np.log(2.0 * np.pi)
            nearest, density = (
                np.minimum(nearest, squared),
                np.logaddexp(density, np.log(share) - (squared + volume) / 2),
            )
        for d in range(len(batch)):
            pairs[i, d] = nearest[d], -(ratio + density[d])
    return pairs


def found_pairs(scene: Scene, work: Workspace) -> dict[tuple[int, int], float]:
    """Cost of every pair the tracker found."""
    outputs, sensor = allocate_outputs(200, 0, 0), scene.sensors[0]
    admit(scene.batch, scene.time_s, sensor, scene.tracks.counters, work.columns)
    count = find_candidates(scene.tracks, scene.time_s, scene.batch, 0, sensor, PARAMETERS, outputs, work)
    pairs = {}
    for row in work.rows[:count]:
        for pair in work.pairs[row["first"] : row["last"]]:
            key = int(row["track"]), int(pair["detection"])
            assert key not in pairs, "a pair must not be found twice"
            pairs[key] = float(pair["cost"])
    return pairs


def workspace(scene: Scene, limit: int = 60000) -> Workspace:
    return allocate_workspace(len(scene.tracks.rows), len(scene.batch), limit)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SENSES)
def test_the_grid_finds_what_a_search_over_all_pairs_finds(name, seed):
    """Pairs within a hair of the gate may fall to either side."""
    scene = make_scene(seed, SENSES[name])
    work = workspace(scene)
    found, everything = found_pairs(scene, work), all_pairs(scene)
    admitted = work.columns["admitted"] == 1
    assert admitted.all()
    sure = {key for key, (squared, cost) in everything.items() if squared < 0.999 * SETTINGS.gate and cost < -1e-3}
    maybe = {key for key, (squared, cost) in everything.items() if squared < 1.001 * SETTINGS.gate and cost < 1e-3}
    assert len(sure) > 50
    assert sure - found.keys() == set()
    assert found.keys() - maybe == set()
    for key, cost in found.items():
        assert cost == pytest.approx(everything[key][1], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_bodies_seen_once_are_told_apart_by_range_rate_and_none_is_lost(seed):
    """All at the batch's time; places vague, velocities anything from well known to unknown, near the sensor too."""
    scene = make_scene(seed, SENSES["radar with everything"], clutter=600)
    scene.batch["time_s"] = scene.time_s
    scene.tracks.rows["hits"] = 1
    dice = np.random.default_rng(seed)
    shares = dice.choice([0.02, 0.3, 1.0], len(scene.tracks.rows))
    for row, share in zip(scene.tracks.rows, shares, strict=True):
        row["covariance"] *= share
        row["state_covariance"] *= share
    near = near_pairs(scene, PARAMETERS)
    assert len(near) > 20
    assert found_pairs(scene, workspace(scene)).keys() == near


@pytest.mark.parametrize("seed", range(3))
def test_thrown_bodies_are_found_where_they_fall_to(seed):
    """Here the search over all pairs uses the tracker's own prediction: what is tested is where it looks."""
    scene = make_scene(seed, SENSES["radar with everything"])
    for row in scene.tracks.rows[: scene.tracks.counters[HIGH_WATER]]:
        row["thrown_logit"] = 4.0
        row["thrown"] = [*row["mean"], np.log(SETTINGS.drag_prior_1pm), 0.0]
        row["thrown_covariance"] = [*row["covariance"], *np.zeros(6), 0.16, *np.zeros(7), 25.0]
    found, near = found_pairs(scene, workspace(scene)), near_pairs(scene, PARAMETERS)
    assert len(near) > 50
    assert found.keys() == near


def near_pairs(scene: Scene, parameters: TrackingParameters) -> set[tuple[int, int]]:
    """Pairs in the fine gate, every track tried with every detection."""
    predicted, trial = np.zeros(2, HYPOTHESIS)
    bench, sensor = allocate_workbench()[0], scene.sensors[0]
    ratio = np.log(0.9 / 0.1) - np.log(sensor["clutter_density"])
    pairs = set()
    for i in range(scene.tracks.counters[HIGH_WATER]):
        predict(scene.tracks.rows[i], scene.time_s, parameters, predicted, bench)
        for d in range(len(scene.batch)):
            density = suppose(predicted, scene.batch[d], parameters.gate, sensor, parameters, trial, bench)
            if ratio + density > 0.0:
                pairs.add((i, d))
    return pairs


def test_more_pairs_than_there_is_room_for_are_left_out_and_counted():
    scene = make_scene(1, SENSES["acoustic bearing"])
    everything = found_pairs(scene, workspace(scene))
    few = found_pairs(scene, workspace(scene, limit=100))
    assert len(few) == 100
    assert few.items() <= everything.items()
    assert scene.tracks.counters[CANDIDATE_OVERFLOW_COUNT] > 0


def test_no_detections_make_no_candidates():
    scene = make_scene(0, SENSES["flat radar"])
    assert found_pairs(scene._replace(batch=scene.batch[:0]), workspace(scene)) == {}


def test_every_admitted_detection_stands_once_in_the_grid_and_in_its_cell():
    scene = make_scene(2, SENSES["all mixed"])
    scene.batch["sigma"][::7] = -1.0
    work = workspace(scene)
    admit(scene.batch, scene.time_s, scene.sensors[0], scene.tracks.counters, work.columns)
    azimuth_cells, range_cells, size_m = build_grid(scene.batch, work.columns, work.entries, work.cell_end)
    cells = azimuth_cells * (range_cells + 1)
    held = [work.entries["detection"][cell_start(c, work.cell_end) : work.cell_end[c]] for c in range(cells)]
    assert sorted(np.concatenate(held)) == np.flatnonzero(work.columns["admitted"]).tolist()
    for cell, members in enumerate(held):
        for column in work.columns[members]:
            sector, ring = divmod(cell, range_cells + 1)
            share = np.mod(column["azimuth_rad"], 2.0 * np.pi) / (2.0 * np.pi)
            assert sector == int(share * azimuth_cells)
            assert ring == (range_cells if np.isnan(column["range_m"]) else int(column["range_m"] / size_m))


@pytest.mark.parametrize("azimuth_rad", [-np.pi, -1e-18, 0.0, np.pi, 2.0 * np.pi, 100.0, -100.0])
def test_any_turn_of_an_azimuth_has_a_cell(azimuth_rad):
    assert 0 <= azimuth_cell(azimuth_rad, 12) < 12
