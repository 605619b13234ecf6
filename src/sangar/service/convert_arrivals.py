"""`sangar convert multilateration`: arrival times at several receivers become a detections table of positions."""

from pathlib import Path

import msgspec

from sangar.adapters.tables.detections import write_detections
from sangar.adapters.tables.multilateration import SENSOR, read_multilateration
from sangar.service.conversion import check_out, counts_in_words, say


class ConvertArrivalsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to convert.

    Attributes:
        file: transmissions with the times at which receivers heard them.
        receivers: where the receivers stand.
        out: detections table to write, Parquet or CSV.
        json: print the counts as JSON.
    """

    file: Path
    receivers: Path
    out: Path
    json: bool = False


def convert_multilateration(request: ConvertArrivalsRequest) -> int:
    """Convert and report what was read and what was left out; returns the exit code.

    Raises:
        ConfigurationError: a file or an argument is wrong.
        PortError: the table cannot be written.
    """
    check_out(request.out, request.file, request.receivers)
    recording = read_multilateration(request.file, request.receivers)
    write_detections(recording.positions, request.out)
    answer = {"out": str(request.out), "counts": recording.counts._asdict()}
    counts = recording.counts._asdict()
    lines = [f"{request.out}: {counts.pop('positions')} positions by {counts.pop('receivers')} receivers"]
    lines += counts_in_words(counts)
    lines.append(f'  in the site file they are of a sensor of kind = "cooperative" with id = "{SENSOR}"')
    say(answer, lines, as_json=request.json)
    return 0
