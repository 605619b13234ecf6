"""The command line of benchmarks on recorded data: where the data are, and where what is made of them may stay."""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Figures = TypeVar("_Figures")


def print_recorded(about: str, run: Callable[[Path, Path], _Figures], report: Callable[[_Figures], str]) -> None:
    """Run a benchmark from the command line and print its figures.

    Args:
        about: the benchmark's docstring; its first line is shown in the help.
        run: takes the folder of recorded data and one to work in.
        report: puts into words what `run` returns.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    data = Path(os.environ.get("SANGAR_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=data, help="folder of recorded data; else SANGAR_DATA")
    parser.add_argument("--work", type=Path, help="folder to keep the converted tables and the results in")
    arguments = parser.parse_args()
    if arguments.work is not None:
        print(report(run(arguments.data, arguments.work)))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(report(run(arguments.data, Path(folder))))
