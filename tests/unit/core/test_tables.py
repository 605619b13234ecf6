"""Fresh tables say that nothing is there; the numbers of the journal's format stay what they are."""

from enum import IntEnum

import numpy as np
import pytest

from sangar.core import (
    actions,
    areas,
    assessments,
    claims,
    detections,
    effectors,
    events,
    identities,
    identity_rules,
    sensors,
    targets,
    tracks,
)
from sangar.core.kernels.event_log import new_event

NUMBERED = {
    targets.TargetClass: "ROCKET_ARTILLERY_MORTAR FIXED_WING_DRONE ROTARY_DRONE BIRD AEROPLANE HELICOPTER OTHER",
    targets.StandardIdentity: "PENDING UNKNOWN ASSUMED_FRIEND FRIEND NEUTRAL SUSPECT HOSTILE",
    targets.TrackStatus: "FREE TENTATIVE CONFIRMED COASTING",
    targets.DropReason: "LOST IMPACTED NUMERICAL",
    targets.SensorKind: "RADAR CAMERA ACOUSTIC RF COOPERATIVE TRACKER REMOTE_ID ADS_B OWN_FLIGHT",
    claims.ClaimState: "UNPROVEN MATCHED WITHOUT_BODY LEFT CONTRADICTED IMPLAUSIBLE SHARED",
    claims.Misfit: "NONE JUMP OTHERWISE SPEED TIME",
    claims.ClaimedCategory: "NOT_TOLD LIGHT LARGE ROTORCRAFT UNMANNED SURFACE",
    targets.ZoneState: "CLEAR WATCH WARNING SHELTER_NOW ALL_CLEAR",
    actions.ActionKind: "CONSENT REFUSE EFFECT_HIT EFFECT_MISS SET_IDENTITY",
    effectors.EngagementState: "FREE PROPOSED CONSENTED FIRED REFUSED LAPSED ENDED",
    events.EventKind: (
        "TRACK_CONFIRMED TRACK_DROPPED CLASS_CHANGED IDENTITY_CHANGED IMPACT_PREDICTED ARRIVAL_PREDICTED ZONE_CHANGED "
        "ENGAGEMENT_PROPOSED ENGAGEMENT_DECIDED ENGAGEMENT_FIRED ENGAGEMENT_ENDED SENSOR_SILENT SENSOR_HEARD "
        "TRACK_REACQUIRED TRACK_COASTING SENSOR_CLOCK_WRONG SENSOR_CLOCK_RIGHT SENSOR_LEFT_OUT SENSOR_TAKEN_BACK "
        "SENSOR_PUT_RIGHT JUDGEMENT_EXPIRED CLAIM_CHANGED"
    ),
}
"""Journals of yesterday hold these numbers: names may be added at the end, never moved."""

RECORDS = [
    actions.ACTION,
    areas.AREA,
    areas.ZONE,
    assessments.ASSESSMENT,
    assessments.THREAT,
    claims.CLAIM,
    detections.DETECTION,
    effectors.EFFECTOR,
    effectors.ENGAGEMENT,
    events.EVENT,
    events.UPDATE,
    events.IMPACT,
    identities.IDENTITY,
    identity_rules.IDENTITY_RULE,
    sensors.SENSOR,
    tracks.TRACK,
    tracks.SCAR,
]


@pytest.mark.parametrize(("kind", "names"), NUMBERED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_numbers_of_the_journal_are_never_moved(kind: type[IntEnum], names: str):
    known = names.split()
    assert [member.name for member in kind][: len(known)] == known
    assert [member.value for member in kind] == list(range(len(kind)))


@pytest.mark.parametrize("record", RECORDS)
def test_every_number_of_a_record_is_eight_octets_and_there_is_no_padding(record: np.dtype):
    """So the octets of a record are its numbers and nothing else, on every machine."""
    assert record.isalignedstruct
    names = record.names or ()
    for name in names:
        assert record[name].base in (np.dtype(np.int64), np.dtype(np.float64))
    assert record.itemsize == sum(record[name].itemsize for name in names)


def test_a_new_track_table_is_empty_and_numbers_from_one():
    table = tracks.allocate_tracks(5)
    assert (table.rows["status"] == targets.TrackStatus.FREE).all()
    assert table.counters[tracks.NEXT_ID] == 1
    assert table.counters.sum() == 1
    assert len(table.counters) == tracks.COUNTER_COUNT
    assert (table.scars["time_s"] == -np.inf).all()


def test_new_zones_are_clear_and_nothing_is_due():
    zones = areas.allocate_zones(3)
    assert (zones["state"] == targets.ZoneState.CLEAR).all()
    assert (zones["due_s"] == np.inf).all()


def test_new_identities_know_nothing():
    rows = identities.allocate_identities(2)
    np.testing.assert_allclose(rows["posterior"].sum(axis=1), 1.0)
    assert (rows["identity"] == targets.StandardIdentity.PENDING).all()
    assert (rows["announced_class"] == -1).all()


def test_new_assessments_threaten_nothing():
    table = assessments.allocate_assessments(2, 3)
    assert table.threats.shape == (2, 3)
    assert not table.threats["harm"].any()
    assert np.isnan(table.rows["impact_s"]).all()


def test_new_sensors_are_radars_with_an_unlimited_view():
    (sensor,) = sensors.allocate_sensors(1)
    assert sensor["kind"] == targets.SensorKind.RADAR
    assert sensor["maximum_range_m"] == np.inf
    np.testing.assert_array_equal(sensor["local_from_site"], np.eye(3))


def test_an_event_starts_blank_and_a_full_log_is_counted():
    outputs = events.allocate_outputs(2, 0, 0)
    outputs.events["probability"] = 0.5
    assert [new_event(outputs, 3, 1.5, 9) for _ in range(4)] == [0, 1, -1, -1]
    assert outputs.written.tolist() == [2, 0, 0, 2]
    event = outputs.events[0]
    assert (event["kind"], event["time_s"], event["track"]) == (3, 1.5, 9)
    assert all(event[name] == -1 for name in ("area", "engagement", "effector", "old", "new", "row"))
    assert np.isnan([event[name] for name in ("probability", "due_s", "east_m", "ellipse_major_m")]).all()


def test_the_measured_numbers_have_their_names_in_order():
    named = [detections.RANGE, detections.AZIMUTH, detections.ELEVATION, detections.RANGE_RATE, detections.ALTITUDE]
    assert [*named, detections.EAST, detections.NORTH, detections.UP] == list(range(detections.MEASURED_COUNT))
    assert len(detections.MEASURED_NAMES) == detections.MEASURED_COUNT
