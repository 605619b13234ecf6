"""Draw the plots on the pages that explain the tracker's algorithms, from simulated scenes.

    python -m docs.draw_algorithms

Writes confirmation.svg, turn-models.svg, joint-association.svg and registration.svg into docs/pictures; a minute. Same
seeds, same pictures.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.joint_association import CROWDS, CUTOFF_M, FIRST_SEED, drone_settings
from benchmarks.registration import CASES, looks, two_radars
from docs.plots import BLUE, GREEN, GREY, INK, ORANGE, RED, panels, save, style
from docs.tutorial_code import SWARM_TUTORIAL, run
from sangar.bench.crowds import Crowd, crowd_scene
from sangar.bench.sangar_tracker import largest_scan, picture_at, scene_records, scene_site, table_capacity
from sangar.core.registration import AZIMUTH_BIAS, RANGE_BIAS
from sangar.core.tracks import NEXT_ID
from sangar.pipeline.layout import sensor_table
from sangar.pipeline.pipeline import Pipeline
from sangar.tracking.metrics.gospa import gospa
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

Names = dict[str, Any]
Values = NDArray[np.float64]

CLUTTER_LOOKS = 1500
NEVER = TrackingSettings(false_tracks_per_hour=1e-9)
"""Nothing that clutter begins is ever confirmed: evidence grows as it may."""
DETECTION_PROBABILITIES = ((0.95, BLUE, "-"), (0.8, GREEN, "--"), (0.6, RED, "-."))
FLIGHTS = 200
LATEST_CONFIRMATION_S = 15

SWARM_SEEDS = 20
Association = Literal["nearest", "joint"]
LINES: tuple[tuple[Association, str, str], ...] = (("nearest", RED, "--"), ("joint", BLUE, "-"))
SHOWN_SWARMS = ("crossing-30", "formation-15")

REGISTRATION_SEEDS = 20
REGISTRATION_S = 60.0


def clutter_look(
    names: Names, random: np.random.Generator, time_s: float, body_m: Values | None = None
) -> NDArray[np.void]:
    """The records of one look of the tutorial's radar: false alarms, and a body where one is seen."""
    top_rad, count = names["ELEVATION_TOP_RAD"], random.poisson(names["FALSE_ALARMS"])
    plots = random.uniform([0.0, -np.pi, 0.0], [10_000.0, np.pi, top_rad], (count, 3))
    if body_m is not None:
        plots = np.vstack([names["look"](body_m, [0.0, 0.0, 0.0], random), plots])
    records: NDArray[np.void] = names["measured"](plots, time_s)
    return records


def most_evidence_of_clutter(names: Names) -> tuple[Values, float]:
    """The most evidence each track ever had that clutter began, and what it would have taken to be confirmed."""
    usual, never = (Tracker(names["radar"].copy(), s, track_capacity=2048) for s in (TrackingSettings(), NEVER))
    random, most = np.random.default_rng(1), np.full(400 * CLUTTER_LOOKS, -np.inf)
    for time_s in range(CLUTTER_LOOKS):
        records = clutter_look(names, random, float(time_s))
        usual.process(float(time_s), 0, records)
        never.process(float(time_s), 0, records)
        rows = never.tracks.rows
        np.maximum.at(most, rows["id"], rows["score"] - np.log(NEVER.birth_density_ratio))
    begun = int(never.tracks.counters[NEXT_ID])
    return most[1:begun], float(usual.tracks.confirmation["evidence"][0, 0])


def confirmed_after_s(names: Names, probability: float, seed: int) -> float:
    """When the tutorial's drone is confirmed among false alarms; inf where it is not in time."""
    radar = names["radar"].copy()
    radar["detection_probability"] = probability
    tracker, random = Tracker(radar, track_capacity=2048), np.random.default_rng(seed)
    for time_s in range(LATEST_CONFIRMATION_S):
        body_m = names["straight_m"][time_s] if random.random() < probability else None
        tracker.process(float(time_s), 0, clutter_look(names, random, float(time_s), body_m))
        if any(
            np.linalg.norm(track["mean"][:2] - names["straight_m"][time_s, :2]) < 200.0
            for track in names["confirmed"](tracker)
        ):
            return float(time_s)
    return np.inf


def draw_confirmation(names: Names) -> None:
    """What share of clutter's tracks ever has so much evidence, and how soon bodies are confirmed."""
    figure, (share, soon) = panels(2)
    most, enough = most_evidence_of_clutter(names)
    evidence = np.linspace(0.0, 15.0, 61)
    found = np.array([np.mean(most >= level) for level in evidence])
    share.semilogy(evidence, np.exp(-evidence), color=INK, linestyle=":", label="bound, $e^{-h}$")
    share.semilogy(evidence[found > 0.0], found[found > 0.0], color=BLUE, label=f"found, {len(most):,} tracks")
    share.axvline(enough, color=RED, linestyle="--", label="confirms (1 false track an hour)")
    share.set(xlabel="evidence $h$", ylabel="share of clutter's tracks that get there", ylim=(1e-7, 2.0))
    share.legend(loc="lower left")
    for probability, colour, dashes in DETECTION_PROBABILITIES:
        after_s = np.array([confirmed_after_s(names, probability, seed) for seed in range(FLIGHTS)])
        times_s = np.arange(LATEST_CONFIRMATION_S)
        confirmed = 100.0 * np.mean(after_s[:, None] <= times_s, axis=0)
        soon.step(
            times_s,
            confirmed,
            where="post",
            color=colour,
            linestyle=dashes,
            label=f"seen in {probability:.0%} of looks",
        )
    soon.set(xlabel="time since the first look, s", ylabel=f"bodies confirmed, % of {FLIGHTS}", ylim=(0.0, 104.0))
    soon.legend(loc="lower right")
    save(figure, "confirmation")


def draw_turn_models(names: Names) -> None:
    """The error through a turn: of the straight model, of both without the turn's rate, and of both with it."""
    figure, (error, weight) = panels(2, widths=[1.6, 1.0])
    kinds = {
        "straight model alone": (TrackingSettings(manoeuvre_noise_m2ps3=0.1, turn_limit_mps2=1e-6), RED, "-."),
        "two models, no turn rate": (TrackingSettings(turn_limit_mps2=1e-6), ORANGE, "--"),
        "two models, turn rate learnt": (TrackingSettings(), BLUE, "-"),
    }
    seconds = np.arange(5, len(names["turning_m"]))
    for name, (settings, colour, dashes) in kinds.items():
        error_m, _ = names["errors_and_sigmas"](names["turning_m"], settings, seeds=100)
        error.plot(seconds, names["rms"](error_m[:, 5:], axis=0), color=colour, linestyle=dashes, label=name)
    error.set(xlabel="time, s", ylabel="horizontal error, rms of 100 flights, m", yscale="log", ylim=(4.0, 1500.0))
    error.set_yticks([5.0, 10.0, 20.0, 50.0, 100.0], ["5", "10", "20", "50", "100"])
    error.legend(loc="upper right", title="grey: turning at 6 m/s²")
    flights = [names["follow"](names["turning_m"], seed)[5:] for seed in range(100)]
    turning = np.array([[track["mode"][1] for track in flight] for flight in flights])
    weight.fill_between(seconds, *np.quantile(turning, [0.1, 0.9], axis=0), color=BLUE, alpha=0.2, linewidth=0.0)
    weight.plot(seconds, turning.mean(axis=0), color=BLUE, label="mean (band: 80 % of flights)")
    weight.set(xlabel="time, s", ylabel="probability of the turning model", ylim=(0.0, 1.15))
    weight.legend(loc="upper left")
    for axes in (error, weight):
        axes.axvspan(20.0, 51.4, color=GREY, alpha=0.3, linewidth=0.0)
    save(figure, "turn-models")


def swarm_by_look(crowd: Crowd, association: Association, seed: int) -> Values:
    """(2, looks) GOSPA in metres and drones without a track, after each look of a swarm."""
    scene = crowd_scene(crowd, seed)
    tracker = Tracker(
        sensor_table(scene_site(scene.meta)),
        drone_settings(association),
        track_capacity=table_capacity(scene),
        batch_capacity=largest_scan(scene),
    )
    found = []
    for number, (records, true) in enumerate(zip(scene_records(scene), scene.truths, strict=True)):
        tracker.process(number * scene.meta.period_s, 0, records)
        shown = picture_at(tracker.tracks, number * scene.meta.period_s)
        result = gospa(shown.positions_m, true.positions_m, CUTOFF_M)
        found.append((result.distance_m, result.missed))
    return np.array(found, np.float64).T


def draw_joint_association(_names: Names) -> None:
    """GOSPA look by look, with one detection each and with shares, of two swarms that are hard to tell apart."""
    figure, axes = panels(2, shared=True)
    crowds = {crowd.name: crowd for crowd in CROWDS}
    seeds = range(FIRST_SEED, FIRST_SEED + SWARM_SEEDS)
    for ax, name in zip(axes, SHOWN_SWARMS, strict=True):
        for how, colour, dashes in LINES:
            both = np.array([swarm_by_look(crowds[name], how, seed) for seed in seeds])
            distances_m, missed = both[:, 0, 5:], both[:, 1].mean(axis=0)
            print(f"{name} {how}: without a track at look 5: {missed[4]:.1f}, at look 11: {missed[10]:.1f}")
            mean_m, half_m = distances_m.mean(axis=0), 2.09 * distances_m.std(axis=0, ddof=1) / np.sqrt(SWARM_SEEDS)
            seconds = np.arange(5, 60)
            ax.fill_between(seconds, mean_m - half_m, mean_m + half_m, color=colour, alpha=0.2, linewidth=0.0)
            ax.plot(seconds, mean_m, color=colour, linestyle=dashes, label=how)
        ax.set(title=name, xlabel="look (one a second)", ylim=(40.0, 220.0))
    axes[0].set(ylabel=f"GOSPA, m (mean of {SWARM_SEEDS}, 95 %)")
    axes[0].legend()
    save(figure, "joint-association")


def estimates(seed: int) -> tuple[Values, Values, Values]:
    """Times in seconds, the east radar's estimated biases (T, 4), and the stated sigmas (T, 4)."""
    case, site = CASES[0], two_radars(learns=True)
    pipeline = Pipeline(site, track_capacity=256, wants_rows=False)
    times_s, found, sigma = [], [], []
    for number, batch in enumerate(looks(site, case, case.biases, seed, REGISTRATION_S)):
        pipeline.step(batch)
        if number % 2:  # solved once a second
            continue
        east = pipeline.world.registration.sensors[1]
        times_s.append(batch.time_s)
        found.append(east["estimate"].copy())
        sigma.append(east["sigma"].copy())
    return np.array(times_s), np.array(found), np.array(sigma)


def draw_registration(_names: Names) -> None:
    """How the estimates of the east radar's range and azimuth bias come to the true ones."""
    figure, axes = panels(2)
    runs = [estimates(seed) for seed in range(REGISTRATION_SEEDS)]
    true = CASES[0].biases[1]
    for ax, which, factor, name in (
        (axes[0], RANGE_BIAS, 1.0, "range, m"),
        (axes[1], AZIMUTH_BIAS, 1e3, "azimuth, mrad"),
    ):
        for number, (times_s, found, _) in enumerate(runs):
            ax.plot(
                times_s,
                factor * found[:, which],
                color=GREY,
                linewidth=0.7,
                label=None if number else f"estimate, {len(runs)} runs",
            )
        times_s, _, sigma = runs[0]
        for side in (-2.0, 2.0):
            band = factor * (true[which] + side * sigma[:, which])
            ax.plot(times_s, band, color=BLUE, linestyle="--", label="true ± 2 stated sigma" if side > 0.0 else None)
        ax.axhline(factor * true[which], color=INK, label="true bias")
        ax.set(
            xlabel="time, s", ylabel=f"bias in {name}", ylim=(-0.3 * factor * true[which], 2.2 * factor * true[which])
        )
    axes[0].legend(loc="upper right")
    save(figure, "registration")


def main() -> None:
    """Draw all of them."""
    with style():
        names = run(SWARM_TUTORIAL).names
        for draw in (draw_confirmation, draw_turn_models, draw_joint_association, draw_registration):
            draw(names)


if __name__ == "__main__":
    main()
