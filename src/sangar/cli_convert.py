"""The command line, `sangar convert`: a sensor's recording becomes a table. As in `cli`, each command hands over."""

from pathlib import Path
from typing import Annotated

import typer

convert = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Turn a sensor's recording into detections.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
ReportsOut = Annotated[
    Path, typer.Option("--out", help="Table of track reports to write (Parquet or CSV).", show_default=False)
]


@convert.command(epilog="Example: sangar convert asterix recording.ast --out plots.parquet")
def asterix(
    file: Annotated[Path, typer.Argument(help="ASTERIX recording (raw blocks or pcap).", show_default=False)],
    out: Annotated[Path, typer.Option(help="Detections table to write (Parquet or CSV).", show_default=False)],
    site_out: Annotated[Path | None, typer.Option(help="Also write a site file with the sensor in it.")] = None,
    latitude_deg: Annotated[
        float | None, typer.Option("--latitude", help="The sensor's WGS84 latitude; degrees.")
    ] = None,
    longitude_deg: Annotated[float | None, typer.Option("--longitude", help="Its longitude; degrees.")] = None,
    altitude_m: Annotated[
        float | None, typer.Option("--altitude", help="Its height above the ellipsoid; metres.")
    ] = None,
    json: Json = False,
) -> int:
    """Convert ASTERIX target reports of radars (034, 048) and of airport surface sensors (010)."""
    from sangar.service.convert import ConvertRequest, convert_asterix

    request = ConvertRequest(
        file=file,
        out=out,
        site_out=site_out,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=altitude_m,
        json=json,
    )
    return convert_asterix(request)


@convert.command("asterix-tracks", epilog="Example: sangar convert asterix-tracks system.pcap --out reports.parquet")
def asterix_tracks(
    file: Annotated[Path, typer.Argument(help="ASTERIX recording (raw blocks or pcap).", show_default=False)],
    out: ReportsOut,
    json: Json = False,
) -> int:
    """Convert another system's tracks (ASTERIX category 062)."""
    from sangar.service.convert_tracks import ConvertTracksRequest, convert_asterix_tracks

    return convert_asterix_tracks(ConvertTracksRequest(file=file, out=out, json=json))


@convert.command(epilog="Example: sangar convert adsb trace_full_4bb853.json --out claims.parquet")
def adsb(
    file: Annotated[Path, typer.Argument(help="Recording in JSON, gzip allowed.", show_default=False)],
    out: ReportsOut,
    sensor: Annotated[str, typer.Option(help="Id of the receiver in the site file.")] = "adsb-1",
    json: Json = False,
) -> int:
    """Convert what aircraft say of themselves (readsb's JSON, or exported state vectors)."""
    from sangar.service.convert_claims import ConvertClaimsRequest, convert_claims

    return convert_claims(ConvertClaimsRequest(kind="ads_b", file=file, out=out, sensor=sensor, json=json))


@convert.command("remote-id", epilog="Example: sangar convert remote-id capture.pcapng --out claims.parquet")
def remote_id(
    file: Annotated[Path, typer.Argument(help="Wi-Fi capture (pcapng, radiotap).", show_default=False)],
    out: ReportsOut,
    sensor: Annotated[str, typer.Option(help="Id of the receiver in the site file.")] = "rid-1",
    json: Json = False,
) -> int:
    """Convert what drones say of themselves (Remote ID in Wi-Fi beacons)."""
    from sangar.service.convert_claims import ConvertClaimsRequest, convert_claims

    return convert_claims(ConvertClaimsRequest(kind="remote_id", file=file, out=out, sensor=sensor, json=json))


@convert.command(
    epilog="Example: sangar convert multilateration set_1.csv --receivers sensors.csv --out positions.parquet"
)
def multilateration(
    file: Annotated[Path, typer.Argument(help="Transmissions with their arrival times (CSV).", show_default=False)],
    receivers: Annotated[Path, typer.Option(help="Where the receivers stand (CSV).", show_default=False)],
    out: Annotated[Path, typer.Option(help="Detections table to write (Parquet or CSV).", show_default=False)],
    json: Json = False,
) -> int:
    """Convert arrival times at several receivers into positions."""
    from sangar.service.convert_arrivals import ConvertArrivalsRequest, convert_multilateration

    return convert_multilateration(ConvertArrivalsRequest(file=file, receivers=receivers, out=out, json=json))
