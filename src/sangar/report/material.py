"""What a report is made of: the journal's run, the site's tables, the tracks made anew of the journal's inputs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.areas import AreaMap
from sangar.core.arrays import PositionsEnuM
from sangar.journal.payloads import Header, Truth
from sangar.journal.run import RecordedRun
from sangar.journal.verify import Verdict
from sangar.pipeline.layout import area_map
from sangar.report.alerts import Announcement, Announcer
from sangar.report.summary import Summary, summarise
from sangar.report.threats import TrackMatch, match_tracks
from sangar.report.words import Names, names_of
from sangar.scenario.language import site_languages
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.warning.words.alert import Exercise


class Material(NamedTuple):
    """Everything the figures and tables of a report draw on.

    Attributes:
        header: what the run was.
        verdict: what verifying the journal found.
        site: the site file.
        scenario: the scenario file.
        names: what people call the rows of the tables.
        areas: the site's areas.
        sensor_m: (S, 3) positions of the sensors, site ENU.
        effector_m: (E, 3) positions of the simulated effectors.
        events: records of `core.events.EVENT`, whole run.
        updates: records of `core.events.UPDATE`, whole run.
        truth: the threats of the exercise.
        matches: which track followed which threat.
        summary: the figures.
        end_s: time of the last step.
        announcements: what people were told, in words.
    """

    header: Header
    verdict: Verdict
    site: Site
    scenario: Scenario
    names: Names
    areas: AreaMap
    sensor_m: PositionsEnuM
    effector_m: PositionsEnuM
    events: NDArray[np.void]
    updates: NDArray[np.void]
    truth: Truth
    matches: list[TrackMatch]
    summary: Summary
    end_s: float
    announcements: list[Announcement[Exercise]]


def gather(run: RecordedRun, site: Site, scenario: Scenario, updates: NDArray[np.void]) -> Material:
    """Lay out a report's material.

    Args:
        run: the journal.
        site: the header's site text, parsed.
        scenario: the header's scenario text, parsed.
        updates: records of `core.events.UPDATE` which the step made of the journal's inputs.
    """
    events, truth = run.all_events(), run.truth or Truth([])
    matches = match_tracks(updates, truth)
    return Material(
        header=run.header,
        verdict=run.verdict,
        site=site,
        scenario=scenario,
        names=names_of(site, scenario),
        areas=area_map(site),
        sensor_m=_stacked([sensor.position_m(site.frame) for sensor in site.sensors]),
        effector_m=_stacked([effector.position_m(site.frame) for effector in scenario.effectors]),
        events=events,
        updates=updates,
        truth=truth,
        matches=matches,
        summary=summarise(events, matches, truth, [zone.id for zone in site.zones]),
        end_s=run.steps[-1].time_s if run.steps else 0.0,
        announcements=_announcements(run, site),
    )


def _announcements(run: RecordedRun, site: Site) -> list[Announcement[Exercise]]:
    """What was said, made anew from the journal's events and words; only exercises are reported."""
    announcer = Announcer(Exercise(), site, site_languages(site, run.header.languages))
    return [said for step in run.steps for said in announcer.take(step.events, step.time_s)]


def _stacked(positions_m: list[NDArray[np.float64]]) -> PositionsEnuM:
    return np.array(positions_m, dtype=np.float64).reshape(-1, 3)
