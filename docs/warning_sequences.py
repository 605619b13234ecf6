"""What a zone is told in awkward cases, run through the whole step; writes the table of the page on warning.

Run from the project folder: python -m docs.warning_sequences
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sangar.core.actions import NO_ACTIONS
from sangar.core.events import EventKind
from sangar.core.targets import ZoneState
from sangar.pipeline.ports import Batch
from sangar.report.words import clock_text
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.service.exercise import Exercise
from sangar.service.pacing import UnpacedClock
from sangar.warning.words.alert import Exercise as ExerciseMode
from sangar.warning.words.alert import Transition
from sangar.warning.words.incidents import IncidentBook

PAGE = Path(__file__).parent / "explanation" / "warning.md"
BEGIN, END = "<!-- sequences: begin -->", "<!-- sequences: end -->"

SITE = """
[site]
name = "Small fort"
latitude_deg = 33.8
longitude_deg = 42.4
[[sensor]]
id = "radar-1"
kind = "radar"
east_m = 200.0
north_m = 0.0
up_m = 10.0
coverage = { min_elevation_deg = 0.5, false_alarms_per_scan = 0.1 }
[[sensor]]
id = "radar-2"
kind = "radar"
east_m = -200.0
north_m = 100.0
up_m = 10.0
coverage = { min_elevation_deg = 0.5, false_alarms_per_scan = 0.1 }
[[zone]]
id = "camp"
name = "Camp"
polygon_m = [[-300.0, -300.0], [300.0, -300.0], [300.0, 300.0], [-300.0, 300.0]]
people = 80
"""


def _drone(name: str, route_m: str, start_s: float = 0.0) -> str:
    return (
        f'[[threat]]\nid = "{name}"\nkind = "fixed_wing_drone"\nspeed_mps = 45.0\nstart_s = {start_s}\n'
        f"route_m = {route_m}\n"
    )


def _bomb(aim_east_m: float) -> str:
    return (
        '[[threat]]\nid = "bomb-1"\nkind = "mortar"\nlaunch = { east_m = 500.0, north_m = 4000.0, up_m = 0.0 }\n'
        f"aim = {{ east_m = {aim_east_m}, north_m = 0.0, up_m = 0.0 }}\nstart_s = 5.0\n"
    )


STRAIGHT_IN = "[[0.0, 6000.0, 250.0], [0.0, 0.0, 60.0]]"


class Case(NamedTuple):
    """One awkward case: what happens, the scenario's text after its head, and when the last threat arrives."""

    what: str
    text: str
    arrives_s: float
    duration_s: float = 240.0


CASES = (
    Case("one drone flies in", _drone("drone-1", STRAIGHT_IN), 133.0),
    Case(
        "two drones, one zone, a minute apart",
        _drone("drone-1", STRAIGHT_IN) + _drone("drone-2", "[[6000.0, 0.0, 250.0], [0.0, 0.0, 60.0]]", 60.0),
        193.0,
        300.0,
    ),
    Case(
        "a drone turns away 1.5 km before the zone and leaves",
        _drone("drone-1", "[[0.0, 6000.0, 250.0], [0.0, 1800.0, 150.0], [6000.0, 4500.0, 250.0]]"),
        93.0,
    ),
    Case(
        "both radars die 60 s before a drone arrives, for four minutes",
        _drone("drone-1", STRAIGHT_IN)
        + "".join(f'[[fault]]\nsensor = "radar-{n}"\nfrom_s = 70.0\nto_s = 310.0\n' for n in (1, 2)),
        133.0,
        410.0,
    ),
    Case("a mortar bomb falls 40 m outside the zone's edge", _bomb(340.0), 45.0, 130.0),
    Case("a mortar bomb falls 700 m outside the zone's edge", _bomb(1000.0), 45.0, 130.0),
    Case(
        "a drone dives below the radars' horizon 2.5 km away and comes in low",
        _drone("drone-1", "[[0.0, 6000.0, 250.0], [0.0, 2800.0, 120.0], [0.0, 2500.0, 4.0], [0.0, 0.0, 4.0]]"),
        134.0,
    ),
)


class SilentRecorder:
    """Records nothing: the table is made of what the run says."""

    def record_input(self, batch: Batch, actions: np.ndarray) -> None:
        """Let it go."""

    def record_output(self, events: np.ndarray) -> None:
        """Let it go."""


class EmptyDesk:
    """Nobody decides anything."""

    def observe(self, events: np.ndarray) -> None:
        """Look away."""

    def actions_due(self, time_s: float) -> np.ndarray:
        """Nothing."""
        return NO_ACTIONS


class Told(NamedTuple):
    """One change of a zone, and the message it made; None where people heard nothing."""

    time_s: float
    state: ZoneState
    message: Transition | None


def run(site: Site, scenario: Scenario, zone: int = 0) -> list[Told]:
    """What one zone is told in a run of a scenario."""
    exercise = Exercise(site, scenario, None, EmptyDesk(), SilentRecorder())
    book = IncidentBook(ExerciseMode(), exercise.pipeline.world.areas, site.policy.warning)
    told: list[Told] = []
    for step in exercise.steps(UnpacedClock()):
        events, time_s = step.result.events, step.batch.time_s
        said = {alert.time_s: alert.transition for alert in book.take(events, time_s) if alert.zone == zone}
        changes = events[(events["kind"] == EventKind.ZONE_CHANGED) & (events["area"] == zone)]
        for change in changes:
            at_s = float(change["time_s"])
            told.append(Told(at_s, ZoneState(int(change["new"])), said.get(at_s)))
    return told


@cache
def run_case(case: Case) -> tuple[Told, ...]:
    """What the camp is told in one case."""
    head = f'name = "{case.what}"\nseed = 7\nduration_s = {case.duration_s}\n'
    return tuple(run(parse_settings(SITE, Site, "site"), parse_settings(head + case.text, Scenario, "scenario")))


def table() -> str:
    """All cases as a table of the page."""
    lines = ["| case | what the zone is told |", "|---|---|"]
    for case in CASES:
        told = [f"{clock_text(one.time_s)[:5]} {_words(one)}" for one in run_case(case)]
        lines.append(f"| {case.what} | {', '.join(told) or 'nothing'} |")
    return "\n".join(lines)


def _words(told: Told) -> str:
    state = told.state.name.replace("_", " ")
    is_special = told.message in (Transition.CANCEL, Transition.EXPIRED)
    return f"{state} ({told.message})" if is_special else state


def written_table(text: str) -> str:
    """The table that a page's text holds."""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    """Write the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
