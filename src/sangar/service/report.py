"""`sangar report`: the after-action report of a journal."""

from pathlib import Path

import numpy as np
from rich.console import Console

from sangar.core.errors import ConfigurationError
from sangar.core.events import UPDATE
from sangar.journal.run import read_run
from sangar.report.document import report_html
from sangar.report.material import Material, gather
from sangar.service.rerun import parse_header, rerun


def report_material(journal: Path) -> Material:
    """What the report is made of, from the journal alone.

    Raises:
        ConfigurationError: the folder is no journal, or its texts are no longer accepted.
        PortError: the journal is damaged.
    """
    run = read_run(journal)
    site, scenario = parse_header(run.header)
    updates = [step.result.updates for step in rerun(run, site, scenario)]
    return gather(run, site, scenario, np.concatenate([np.zeros(0, UPDATE), *updates]))


def write_report(journal: Path, out: Path) -> None:
    """Write the report of a journal to a file.

    Raises:
        ConfigurationError: the folder is no journal, or the file cannot be written.
        PortError: the journal is damaged.
    """
    text = report_html(report_material(journal))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise ConfigurationError(str(out), "", problem, "name a file in a folder you may write to") from error


def run_report(journal: Path, out: Path) -> int:
    """Write the report of a journal and say where it is.

    Raises:
        ConfigurationError: the folder is no journal, or the file cannot be written.
        PortError: the journal is damaged.
    """
    write_report(journal, out)
    Console(highlight=False, markup=False, soft_wrap=True).print(f"Report: {out}")
    return 0
