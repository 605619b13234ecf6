"""Draw the pictures of the documentation: run the default demonstration without waiting and keep a telling moment.

    python docs/make_pictures.py

Writes docs/pictures/demo.svg (the terminal) and docs/pictures/report-map.svg (the report's map). Same seed, same
pictures.
"""

import io
import tempfile
from pathlib import Path

from rich.console import Console

from sangar.cli import DEFAULT_SCENARIO
from sangar.core.events import EventKind
from sangar.journal.run import read_run
from sangar.pipeline.layout import effector_table
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.report.map_figure import map_svg
from sangar.report.words import names_of
from sangar.service.demo import DemoRequest, run_demo
from sangar.service.news import NewsLine, news_lines
from sangar.service.picture import take_picture
from sangar.service.report import report_material
from sangar.service.rerun import parse_header
from sangar.service.terminal import Setting, screen

PICTURES = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 96, 26
SHOTS_SEEN = 2
"""The moment kept is just after this many simulated shots."""


def terminal_picture(journal: Path) -> str:
    """The live view just after the second simulated shot, as SVG."""
    run = read_run(journal)
    site, scenario = parse_header(run.header)
    names, pipeline = names_of(site, scenario), Pipeline(site, effectors=effector_table(scenario, site))
    setting = Setting(scenario.name, scenario.duration_s, scenario.epoch_ns, scenario.desk.who, speed=4.0)
    news: list[NewsLine] = []
    shots, time_s = 0, 0.0
    for step in run.steps:
        events = pipeline.step(Batch(step.time_s, step.sensor, step.detections), step.actions).events
        news += news_lines(events, names)
        shots, time_s = shots + int((events["kind"] == EventKind.ENGAGEMENT_FIRED).sum()), step.time_s
        if shots >= SHOTS_SEEN:
            break
    console = Console(file=io.StringIO(), record=True, width=WIDTH, height=HEIGHT, force_terminal=True)
    console.print(screen(setting, take_picture(pipeline.world, names, time_s), news, WIDTH, HEIGHT))
    return console.export_svg(title="sangar demo", unique_id="demo")


def without_foreign_fonts(svg: str) -> str:
    """The picture without the font addresses that the exporter writes into it: it must draw with no network."""
    begin = svg.find("@font-face")
    while begin >= 0:
        svg = svg[:begin] + svg[svg.index("}", begin) + 1 :]
        begin = svg.find("@font-face")
    return svg


def main() -> None:
    """Draw both pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run_demo(DemoRequest(scenario=DEFAULT_SCENARIO, out=Path(folder), fast=True, json=True))
        journal = Path(folder) / "raid.journal"
        (PICTURES / "demo.svg").write_text(without_foreign_fonts(terminal_picture(journal)), encoding="utf-8")
        (PICTURES / "report-map.svg").write_text(map_svg(report_material(journal)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
