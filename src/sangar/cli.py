"""The command line: each command names its request and hands it over.

What a command needs is imported when it runs, so that `--help` and a mistyped option answer at once. Exit codes: 0
done; 1 the answer is "no" (a verification failed, a replay differed); 2 it could not be done as asked, and one sentence
on the error output says what is wrong and how to mend it.
"""

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from sangar import __version__
from sangar.cli_convert import Json, convert
from sangar.core.errors import ConfigurationError, SangarError

DEFAULT_SCENARIO = "ain_al_asad_2022_01_04"
DEFAULT_SIZES = [10, 50, 100, 500, 1000]
WRONG = 2


def _leave(code: int, **_options: object) -> None:
    raise typer.Exit(code)


app = typer.Typer(
    name="sangar",
    help="Sense, track, identify, assess, warn: the defence of a base against rockets, mortars and armed drones.\n\n"
    "Effectors are simulated, always. Start with: sangar demo",
    no_args_is_help=True,
    result_callback=_leave,
    add_completion=False,
    rich_markup_mode=None,  # plain text reads the same in a terminal, a log and a pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure Sangar beside its peers.")
app.add_typer(convert, name="convert")
app.add_typer(bench, name="bench")

Journal = Annotated[Path, typer.Argument(help="A `*.journal` folder.", show_default=False)]


def _show_version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"sangar {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


@app.command(epilog="Example: sangar demo --fast --scenario ain_al_asad_2022_01_05 --out out/rockets")
def demo(
    scenario: Annotated[str, typer.Option(help="A shipped scenario's name, or a file.")] = DEFAULT_SCENARIO,
    out: Annotated[Path, typer.Option(help="Folder for the journal, the report and the summary.")] = Path("out/demo"),
    fast: Annotated[bool, typer.Option("--fast", help="Run without waiting for the clock.")] = False,
    speed: Annotated[float, typer.Option(min=0.1, max=1000.0, help="Times real time.")] = 4.0,
    seed: Annotated[int | None, typer.Option(min=0, help="Random seed, instead of the scenario's own.")] = None,
    json: Json = False,
) -> int:
    """Show a raid from first detection to report.

    Sensed, tracked, identified, assessed, warned of, stopped by simulated effectors, and reported.
    """
    from sangar.service.demo import DemoRequest, run_demo

    return run_demo(DemoRequest(scenario=scenario, out=out, fast=fast, speed=speed, seed=seed, json=json))


@app.command(epilog="Example: sangar track --site site.toml --detections plots.parquet --out out/tracks")
def track(
    site: Annotated[Path, typer.Option(help="Site file (TOML).", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder for tracks, impacts and metrics.", show_default=False)],
    detections: Annotated[Path | None, typer.Option(help="Detections table (Parquet or CSV).")] = None,
    track_reports: Annotated[Path | None, typer.Option(help="Table of other trackers' reports.")] = None,
    truth: Annotated[Path | None, typer.Option(help="Truth table to measure against.")] = None,
    json: Json = False,
) -> int:
    """Track a recording.

    Writes tracks, impact predictions, metrics and a summary of a table of detections, of reports of other trackers, or
    of both.
    """
    from sangar.service.track import TrackRequest, run_track

    request = TrackRequest(
        site=site, detections=detections, track_reports=track_reports, out=out, truth=truth, json=json
    )
    return run_track(request)


@app.command(
    epilog="Example: sangar register --site site.toml --detections plots.parquet --reference flight.csv --out new.toml"
)
def register(
    site: Annotated[Path, typer.Option(help="Site file (TOML).", show_default=False)],
    detections: Annotated[Path, typer.Option(help="Detections table of the flight.", show_default=False)],
    reference: Annotated[Path, typer.Option(help="Truth table of the flight.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The new site file to write.", show_default=False)],
    json: Json = False,
) -> int:
    """Find out where each sensor is wrong, from a flight whose path is known.

    Writes a new site file with the biases of range, azimuth, elevation and clock, and where cameras point. Exit code 1
    when a sensor fits the flight nowhere: it is then left out, and the file says why.
    """
    from sangar.service.register import RegisterRequest, run_register

    request = RegisterRequest(site=site, detections=detections, reference=reference, out=out, json=json)
    return run_register(request)


@app.command(epilog="Example: sangar replay out/demo/raid.journal")
def replay(journal: Journal, json: Json = False) -> int:
    """Run a journal again and compare, byte for byte.

    The same step runs over everything the journal took in; exit code 1 when it says anything else than it said then.
    """
    from sangar.service.replay import run_replay

    return run_replay(journal, json)


@app.command(epilog="Example: sangar report out/demo/raid.journal --out report.html")
def report(
    journal: Journal,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
) -> int:
    """Write the after-action report of a journal."""
    from sangar.service.report import run_report

    return run_report(journal, out)


@app.command(epilog="Example: sangar verify out/demo/raid.journal")
def verify(journal: Journal, json: Json = False) -> int:
    """Check that a journal is whole and unchanged.

    Exit code 1 when it is not; the first bad entry is named.
    """
    from sangar.service.verify import run_verify

    return run_verify(journal, json)


@app.command("clear-sky", epilog="Example: sangar clear-sky ain_al_asad --silent radar-east --rain 20")
def clear_sky(
    site: Annotated[str, typer.Argument(help="A site file, or the name of one that comes with Sangar.")],
    silent: Annotated[list[str] | None, typer.Option(help="Id of a sensor that is not heard; repeatable.")] = None,
    visibility_m: Annotated[float, typer.Option("--visibility", min=1.0, help="Visibility, m.")] = math.inf,
    rain_mm_per_h: Annotated[float, typer.Option("--rain", min=0.0, max=300.0, help="Rain, mm/h.")] = 0.0,
    wind_mps: Annotated[float, typer.Option("--wind", min=0.0, max=100.0, help="Wind at the microphones, m/s.")] = 0.0,
    json: Json = False,
) -> int:
    """Say how likely it is that something nobody noticed is over each zone.

    Exit code 1 when the sky over a zone cannot be called clear.
    """
    from sangar.service.clear_sky import ClearSkyRequest, run_clear_sky

    return run_clear_sky(ClearSkyRequest(site, tuple(silent or ()), visibility_m, rain_mm_per_h, wind_mps, json))


@app.command("alarm-budget", epilog="Example: sangar alarm-budget tower_22 --false-warnings-per-month 1 --hours 6")
def alarm_budget(
    site: Annotated[str, typer.Argument(help="A site file, or the name of one that comes with Sangar.")],
    false_warnings_per_month: Annotated[
        float, typer.Option(min=0.0, help="Warnings for nothing that are borne, all zones together.")
    ] = 1.0,
    calls_per_day: Annotated[float, typer.Option(min=0.0, help="Needless calls on the crew that are borne.")] = 1.0,
    birds_per_hour: Annotated[float, typer.Option(min=0.0, max=5000.0, help="Birds that come into view.")] = 1000.0,
    hours_per_run: Annotated[
        float, typer.Option("--hours", min=0.1, help="Quiet sky to simulate, and to check.")
    ] = 6.0,
    drones: Annotated[int, typer.Option(min=2, help="Drones of each kind that are let come.")] = 40,
    drones_per_month: Annotated[
        float | None, typer.Option(min=0.0, help="Drones to expect; as the clear-sky policy says where left out.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 1,
    json: Json = False,
) -> int:
    """Find how sure of a bird the site must be to keep an alarm budget, and what that costs.

    Simulates quiet hours of birds and clutter at the site's radars, and drones that come; proposes a `bird_weight` and
    checks it on other seeds. Six hours take some five minutes. Exit code 1 when the check does not keep the budget.
    """
    from sangar.service.alarm_budget import AlarmBudgetRequest, run_alarm_budget

    request = AlarmBudgetRequest(
        site=site,
        warnings_per_month=false_warnings_per_month,
        calls_per_day=calls_per_day,
        birds_per_hour=birds_per_hour,
        duration_s=3600.0 * hours_per_run,
        drones=drones,
        drones_per_month=drones_per_month,
        seed=seed,
        json=json,
    )
    return run_alarm_budget(request)


@bench.command(epilog="Example: sangar bench tracking --sizes 10 --sizes 100 --no-peers --json")
def tracking(
    more_scenes: Annotated[list[Path] | None, typer.Argument(hidden=True, show_default=False)] = None,
    sizes: Annotated[list[int] | None, typer.Option(min=1, help="Targets in a generated scene; repeatable.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Other scenes of the same kind.")] = None,
    scenes: Annotated[list[Path] | None, typer.Option(help="Scene files (.npz) instead of generated ones.")] = None,
    peers: Annotated[bool, typer.Option("--peers/--no-peers", help="Measure the peers too.")] = True,
    scans: Annotated[int | None, typer.Option(min=1, help="Only the first so many scans.")] = None,
    json: Json = False,
) -> int:
    """Measure the tracker on the common scenes.

    Detections per CPU second and GOSPA, beside the peers in the same run.
    """
    if more_scenes and not scenes:
        raise ConfigurationError("the command line", "", f"{more_scenes[0]} stands alone", "put --scenes before it")
    from sangar.bench.tracking import BenchRequest, run

    files = (*(scenes or ()), *(more_scenes or ()))  # `--scenes a.npz b.npz` reads naturally: the rest are scenes too
    sized = tuple(sizes or DEFAULT_SIZES)
    return run(BenchRequest(sizes=sized, seed=seed, scenes=files, json=json, peers=peers, scans=scans))


@app.command(epilog="Example: sangar warmup")
def warmup() -> int:
    """Compile what is not compiled yet.

    Nothing compiles afterwards, when it matters; another version of the software needs it once again.
    """
    from sangar.pipeline.warmup import warm_up
    from sangar.simulation import warmup as simulation

    elapsed_s = warm_up(lambda line: typer.echo(line, err=True)) + simulation.warm_up()
    typer.echo(f"ready after {elapsed_s:.1f} s")
    return 0


@app.command(epilog="Example: sangar doctor --json")
def doctor(
    out: Annotated[Path, typer.Option(help="Folder that runs are to write into.")] = Path("out"),
    json: Json = False,
) -> int:
    """Say what this installation stands on.

    Exit code 1 when something is wrong with it.
    """
    from sangar.service.doctor import run_doctor

    return run_doctor(out, json)


def _printable(text: str) -> str:
    """The text without control characters: what a file says must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        app(prog_name="sangar")
    except SangarError as error:
        typer.echo(f"sangar: {_printable(str(error))}", err=True)
        sys.exit(WRONG)
