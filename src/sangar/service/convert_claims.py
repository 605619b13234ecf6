"""`sangar convert adsb` and `remote-id`: what claimants say of themselves becomes a table of track reports."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from sangar.adapters.adsb.recording import read_adsb
from sangar.adapters.remote_id.recording import read_remote_id
from sangar.adapters.tables.files import write_table
from sangar.service.conversion import check_out, counts_in_words, say

READERS: dict[str, Callable[[Path, str], Any]] = {"ads_b": read_adsb, "remote_id": read_remote_id}


class ConvertClaimsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to convert.

    Attributes:
        kind: of the source, as the site file spells it: `ads_b` or `remote_id`.
        file: the recording.
        out: table of track reports to write, Parquet or CSV.
        sensor: id of the receiver in the site file.
        json: print the counts as JSON.
    """

    kind: str
    file: Path
    out: Path
    sensor: str
    json: bool = False


def convert_claims(request: ConvertClaimsRequest) -> int:
    """Convert and report what was read and what was left out; returns the exit code.

    Raises:
        ConfigurationError: the recording or an argument is wrong.
        PortError: the table cannot be written.
    """
    check_out(request.out, request.file)
    read = READERS[request.kind](request.file, request.sensor)
    claims: pl.DataFrame = read.claims
    write_table(claims, request.out)
    counts, claimants = read.counts._asdict(), claims["track"].n_unique()
    answer = {"out": str(request.out), "counts": dict(counts), "claimants": claimants}
    lines = [f"{request.out}: {counts.pop('claims')} claims of {claimants} claimants", *counts_in_words(counts)]
    lines.append(f'  in the site file the receiver is a sensor of kind = "{request.kind}" with id = "{request.sensor}"')
    say(answer, lines, as_json=request.json)
    return 0
