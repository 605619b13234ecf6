"""`sangar demo`: a raid from the first detection to the report."""

import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console

from sangar.core.errors import ConfigurationError, PortError
from sangar.journal.payloads import Truth, run_header
from sangar.journal.recorder import JournalRecorder
from sangar.journal.run import read_header
from sangar.journal.writer import JournalWriter
from sangar.pipeline.ports import Clock
from sangar.pipeline.warmup import is_warm, warm_up
from sangar.report.alerts import Announcer
from sangar.report.summary import Summary, summarise, summary_json, three_sentences
from sangar.report.threats import match_tracks
from sangar.report.words import names_of
from sangar.scenario.language import read_language_texts, site_languages
from sangar.scenario.library import find_scenario
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.service.desk import StandingPolicyDesk
from sangar.service.exercise import Exercise
from sangar.service.live_view import LiveView
from sangar.service.pacing import ScaledClock, UnpacedClock
from sangar.service.sky_watch import SkyWatch
from sangar.service.terminal import Setting
from sangar.service.views import PlainView, RunView, SilentView
from sangar.simulation import warmup as simulation
from sangar.warning.words import alert as mode
from sangar.warning.words.wording import Language

FAST_GROUP_STEPS = 200
"""Nobody acts on a run that does not wait, and the same seed gives it again: its steps need not wait for the disk."""


class DemoRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to show.

    Attributes:
        scenario: name of a shipped scenario, or path of a scenario file.
        out: folder for the journal, the report and the summary.
        fast: run without waiting.
        speed: times real time, where it waits.
        seed: in place of the scenario's own; None takes that.
        json: print the answer as JSON, and nothing else.
    """

    scenario: str
    out: Path
    fast: bool = False
    speed: float = 4.0
    seed: int | None = None
    json: bool = False


class DemoFiles(NamedTuple):
    """What a demonstration leaves behind."""

    journal: Path
    report: Path
    summary: Path


class Outcome(NamedTuple):
    """How a demonstration ended."""

    summary: Summary
    truth: Truth
    head_sha256: str


class _Script(NamedTuple):
    """Site, scenario and the words of alerts, as written and as understood."""

    site_text: str
    scenario_text: str
    language_texts: dict[str, str]
    site: Site
    scenario: Scenario
    languages: list[Language]


def run_demo(request: DemoRequest) -> int:
    """Run a scenario, record it, report it, and say in three sentences what happened.

    Raises:
        ConfigurationError: the scenario or the folder is wrong.
        PortError: the record could not be kept.
    """
    script = _read_script(request.scenario)
    files = _make_room(request.out)
    console = Console(highlight=False, markup=False, emoji=False)
    notices = Console(stderr=True, highlight=False, markup=False)
    _make_ready(notices)
    if script.site.channels:
        notices.print("The site's channels are not delivered to yet; alerts stand on screen, in journal and report.")
    outcome = _perform(script, request, files.journal, console)
    _write(files.summary, summary_json(outcome.summary))
    from sangar.service.report import write_report  # only now: the drawing library takes a second to load

    write_report(files.journal, files.report)
    if request.json:
        print(_answer_json(files, outcome))
    else:
        _tell(console, script, files, outcome)
    return 0


def _make_ready(notices: Console) -> None:
    was_warm = is_warm()
    warm_up(notices.print)
    if not was_warm:
        notices.print("Compiling the simulation, once ...")
    simulation.warm_up()


def _read_script(name: str) -> _Script:
    files = find_scenario(name)
    site_text, scenario_text = (path.read_text(encoding="utf-8-sig") for path in (files.site, files.scenario))
    site = parse_settings(site_text, Site, str(files.site))
    scenario = parse_settings(scenario_text, Scenario, str(files.scenario))
    language_texts = read_language_texts(site.alerts.languages, files.site.parent)
    languages = site_languages(site, language_texts)
    return _Script(site_text, scenario_text, language_texts, site, scenario, languages)


def _make_room(out: Path) -> DemoFiles:
    """Make the folder; an earlier demonstration's journal gives way (the same seed makes it again), no other does."""
    files = DemoFiles(out / "raid.journal", out / "report.html", out / "summary.json")
    try:
        out.mkdir(parents=True, exist_ok=True)
        if files.journal.exists():
            _remove_earlier(files.journal)
    except OSError as error:
        problem = f"cannot be written to ({error.strerror})"
        raise ConfigurationError("--out", str(out), problem, "name a folder you may write to") from error
    return files


def _remove_earlier(journal: Path) -> None:
    keep = ConfigurationError("--out", str(journal), "holds a record that is no demonstration's", "name another folder")
    try:
        is_exercise = read_header(journal).mode == "exercise"
    except (ConfigurationError, PortError) as error:
        raise keep from error
    if not is_exercise or any(path.suffix not in {".seg", ".torn"} for path in journal.iterdir()):
        raise keep
    for path in journal.iterdir():
        path.unlink()
    journal.rmdir()


def _perform(script: _Script, request: DemoRequest, journal: Path, console: Console) -> Outcome:
    scenario = script.scenario
    header = run_header(
        site=script.site_text,
        scenario=script.scenario_text,
        seed=scenario.seed if request.seed is None else request.seed,
        policy=scenario.desk.who,
        languages=script.language_texts,
    )
    writer = JournalWriter.create(journal, header)
    try:
        recorder = JournalRecorder(writer, group_steps=FAST_GROUP_STEPS if request.fast else 1)
        desk = StandingPolicyDesk(scenario.desk.decision_s)
        exercise = Exercise(script.site, scenario, request.seed, desk, recorder)
        clock: Clock = UnpacedClock() if request.fast else ScaledClock(request.speed)
        announcer = Announcer(mode.Exercise(), script.site, script.languages)
        with _view(script, request, console) as view:
            for step in exercise.steps(clock):
                view.tell(step.result.events)
                view.alert(announcer.take(step.result.events, step.batch.time_s))
                view.show(exercise.pipeline.world, step.batch.time_s)
        truth = exercise.truth()
        matches = match_tracks(exercise.updates(), truth)
        summary = summarise(exercise.events(), matches, truth, [zone.id for zone in script.site.zones])
        return Outcome(summary, truth, recorder.finish([truth], summary_json(summary)))
    except BaseException:
        writer.abandon()
        raise


def _view(script: _Script, request: DemoRequest, console: Console) -> RunView:
    names = names_of(script.site, script.scenario)
    if request.json:
        return SilentView()
    if request.fast or not sys.stdout.isatty():
        return PlainView(console, names)
    scenario = script.scenario
    setting = Setting(scenario.name, scenario.duration_s, scenario.epoch_ns, scenario.desk.who, request.speed)
    return LiveView(console, setting, names, SkyWatch(script.site.policy.clear_sky))


def _write(path: Path, octets: bytes) -> None:
    try:
        path.write_bytes(octets)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise ConfigurationError("--out", str(path), problem, "name a folder you may write to") from error


def _answer_json(files: DemoFiles, outcome: Outcome) -> str:
    answer = {
        **msgspec.to_builtins(outcome.summary),
        "journal": str(files.journal),
        "journal_head_sha256": outcome.head_sha256,
        "report": str(files.report),
    }
    return msgspec.json.encode(answer).decode()


def _tell(console: Console, script: _Script, files: DemoFiles, outcome: Outcome) -> None:
    zone_names = {zone.id: zone.name for zone in script.site.zones}
    lines = [
        "",
        "EXERCISE ended. Sensors, threats and effectors were simulated.",
        *three_sentences(outcome.summary, outcome.truth, zone_names),
        "",
        f"Report   {files.report}",
        f"Journal  {files.journal}  (head {outcome.head_sha256[:16]}…)",
        f"Summary  {files.summary}",
    ]
    for line in lines:
        console.print(line, soft_wrap=True)
