"""Running the step again over what a journal took in. Replay compares the answers; the report draws the tracks."""

from collections.abc import Iterator
from typing import NamedTuple

from sangar.core.errors import PortError
from sangar.journal.payloads import Header
from sangar.journal.run import RecordedRun, RecordedStep
from sangar.pipeline.layout import effector_table
from sangar.pipeline.pipeline import Pipeline, StepResult
from sangar.pipeline.ports import Batch
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings


class RerunStep(NamedTuple):
    """A recorded step and what the step says now."""

    recorded: RecordedStep
    result: StepResult


def parse_header(header: Header) -> tuple[Site, Scenario]:
    """Site and scenario of a journal, from the texts in its header.

    Raises:
        ConfigurationError: this version does not accept a text.
        PortError: the journal is of no exercise.
    """
    if not header.scenario:
        raise PortError("this journal holds no exercise: its header has no scenario")
    site = parse_settings(header.site, Site, "site text in the journal")
    return site, parse_settings(header.scenario, Scenario, "scenario text in the journal")


def rerun(run: RecordedRun, site: Site, scenario: Scenario) -> Iterator[RerunStep]:
    """The step's answers to the journal's inputs, in order, from empty tables."""
    pipeline = Pipeline(site, effectors=effector_table(scenario, site))
    for recorded in run.steps:
        batch = Batch(recorded.time_s, recorded.sensor, recorded.detections, recorded.reports)
        yield RerunStep(recorded, pipeline.step(batch, recorded.actions))
