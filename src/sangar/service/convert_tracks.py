"""`sangar convert asterix-tracks`: a recording of another system's tracks becomes a table of track reports."""

from pathlib import Path

import msgspec

from sangar.adapters.asterix.system_tracks import SystemTracks, read_system_tracks
from sangar.adapters.tables.files import write_table
from sangar.service.conversion import check_out, counts_in_words, say


class ConvertTracksRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to convert.

    Attributes:
        file: ASTERIX recording with category 062, raw blocks or pcap.
        out: table of track reports to write, Parquet or CSV.
        json: print the counts as JSON.
    """

    file: Path
    out: Path
    json: bool = False


def convert_asterix_tracks(request: ConvertTracksRequest) -> int:
    """Convert and report what was read and what was left out; returns the exit code.

    Raises:
        ConfigurationError: the recording or an argument is wrong.
        PortError: the table cannot be written.
    """
    check_out(request.out, request.file)
    recording = read_system_tracks(request.file)
    write_table(recording.reports, request.out)
    say(_answer(request, recording), _in_words(request, recording), as_json=request.json)
    return 0


def _answer(request: ConvertTracksRequest, recording: SystemTracks) -> dict[str, object]:
    reports = recording.reports
    return {
        "out": str(request.out),
        "counts": recording.counts._asdict(),
        "sources": reports["sensor"].unique().sort().to_list(),
        "tracks": reports.select("sensor", "track").n_unique(),
    }


def _in_words(request: ConvertTracksRequest, recording: SystemTracks) -> list[str]:
    counts, reports = recording.counts._asdict(), recording.reports
    sources = ", ".join(reports["sensor"].unique().sort().to_list())
    tracks = reports.select("sensor", "track").n_unique()
    lines = [f"{request.out}: {counts.pop('reports')} reports of {tracks} tracks of {sources}"]
    lines += counts_in_words(counts)
    lines.append('  in the site file each source is a sensor of kind = "tracker" with this id')
    return lines
