import numpy as np
import pytest

from sangar.adapters.tables.truth import Labels, TruthTable
from sangar.core.events import EVENT, UPDATE, EventKind
from sangar.core.targets import TrackStatus
from sangar.service.scoring import associations, purity_metrics, scored_scans, track_lives, truth_metrics

CONFIRMED, COASTING, TENTATIVE = (int(s) for s in (TrackStatus.CONFIRMED, TrackStatus.COASTING, TrackStatus.TENTATIVE))


def updates(*rows):
    records = np.zeros(len(rows), UPDATE)
    for record, (time_s, track, status, row, east_m, east_mps) in zip(records, rows, strict=True):
        record["time_s"], record["track"], record["status"], record["row"] = time_s, track, status, row
        record["mean"][0], record["mean"][3] = east_m, east_mps
    return records


def events(*rows):
    records = np.zeros(len(rows), EVENT)
    for record, (kind, time_s, track) in zip(records, rows, strict=True):
        record["kind"], record["time_s"], record["track"] = kind, time_s, track
    return records


RUN = updates(
    (0.0, 1, TENTATIVE, 0, 0.0, 10.0),
    (1.0, 1, CONFIRMED, 2, 10.0, 10.0),
    (2.0, 1, COASTING, -1, 20.0, 10.0),
    (2.0, 5, TENTATIVE, 3, 900.0, 0.0),
    (4.0, 1, CONFIRMED, 4, 40.0, 10.0),
)
SAID = events((EventKind.TRACK_CONFIRMED, 1.0, 1), (EventKind.ZONE_CHANGED, 2.0, 1), (EventKind.TRACK_DROPPED, 9.0, 1))


def truth(*rows):
    time_s, east_m = np.array(rows, dtype=np.float64).T
    position_m = np.column_stack([east_m, np.zeros(len(rows)), np.zeros(len(rows))])
    return TruthTable(np.ascontiguousarray(time_s), np.zeros(len(rows), np.int64), position_m, ("a",), 2)


def test_a_life_goes_from_confirmation_to_the_drop_and_counts_detections_not_coasting():
    (life,) = track_lives(SAID, RUN)
    assert life == (1, 1.0, 4.0, 9.0, 3)


def test_a_track_still_alive_has_no_end():
    (life,) = track_lives(SAID[:2], RUN)
    assert life.dropped_s is None


def test_only_confirmed_tracks_own_detections_the_ones_before_confirmation_too():
    assert associations(SAID, RUN, track_lives(SAID, RUN), 6).tolist() == [1, 0, 1, 0, 1, 0]


FOUND_AGAIN = events(
    (EventKind.TRACK_CONFIRMED, 1.0, 1), (EventKind.TRACK_DROPPED, 3.0, 1), (EventKind.TRACK_REACQUIRED, 4.0, 1)
)
FOUND_AGAIN["old"] = (-1, -1, 5)


def test_a_track_found_again_lives_on_and_owns_what_it_took_before_it_was_recognised():
    (life,) = track_lives(FOUND_AGAIN, RUN)
    assert life.dropped_s is None
    assert associations(FOUND_AGAIN, RUN, [life], 6).tolist() == [1, 0, 1, 1, 1, 0]


def test_a_track_found_again_is_not_in_the_picture_while_it_was_lost():
    scans = scored_scans(FOUND_AGAIN, RUN, truth((2.5, 25.0), (3.5, 35.0), (4.5, 45.0)))
    assert [list(found.labels) for found in scans.estimates] == [[1], [], [1]]


def test_purity_stands_in_the_metrics_with_its_number_of_cases_and_interval():
    labels = Labels(np.array([0, 0, 0, 1, 1, -1]), ("x", "y"), "target")
    metrics = purity_metrics(np.array([1, 0, 1, 0, 1, 0]), labels)
    assert metrics["labels"] == "target"
    share = metrics["purity"]
    assert isinstance(share, dict)
    assert (share["value"], share["n"]) == (pytest.approx(2.0 / 3.0), 3)
    assert 0.0 < share["low_95"] < share["value"] < share["high_95"] < 1.0


def test_between_updates_a_track_is_where_its_velocity_takes_it():
    metrics = truth_metrics(SAID, RUN, truth((1.0, 10.0), (2.0, 20.0), (3.0, 33.0), (6.0, 64.0)))["gospa"]
    assert metrics["localisation_rms_m"] == pytest.approx(np.sqrt((0.0 + 0.0 + 3.0**2 + 4.0**2) / 4.0))
    assert metrics["n_scans"] == 4
    assert metrics["missed_fraction"] == metrics["false_per_scan"] == 0.0
    assert metrics["rejected_truth_rows"] == 2


def test_before_confirmation_and_after_the_drop_there_is_no_track():
    assert truth_metrics(SAID, RUN, truth((0.5, 5.0), (9.5, 95.0)))["gospa"]["missed_fraction"] == 1.0
    assert truth_metrics(SAID, RUN, truth((0.5, 5.0), (8.5, 85.0)))["gospa"]["missed_fraction"] == 0.5


def test_the_same_tracks_and_truth_give_ospa_of_tracks_siap_and_clear_mot():
    metrics = truth_metrics(SAID, RUN, truth((1.0, 10.0), (2.0, 20.0), (3.0, 33.0), (6.0, 64.0)))
    assert metrics["ospa2"]["whole_run_m"] == pytest.approx((0.0 + 0.0 + 3.0 + 4.0) / 4.0)
    assert metrics["ospa2"]["largest_m"] == pytest.approx(7.0 / 4.0)
    assert metrics["ospa2"]["mean_m"] == pytest.approx((0.0 + 0.0 + 3.0 / 3.0 + 7.0 / 4.0) / 4.0)
    assert (metrics["siap"]["completeness"], metrics["siap"]["ambiguity"]) == (1.0, 1.0)
    assert metrics["siap"]["spuriousness"] == metrics["siap"]["track_number_change_rate_hz"] == 0.0
    assert metrics["siap"]["longest_track_segment_share"] == 1.0
    assert (metrics["clear_mot"]["mota"], metrics["clear_mot"]["motp_m"]) == (1.0, pytest.approx(7.0 / 4.0))


def test_the_true_velocity_is_the_difference_of_the_true_positions():
    metrics = truth_metrics(SAID, RUN, truth((1.0, 10.0), (2.0, 22.0), (3.0, 34.0)))
    assert metrics["siap"]["velocity_accuracy_mps"] == pytest.approx(2.0)


def test_one_row_of_truth_has_no_velocity():
    metrics = truth_metrics(SAID, RUN, truth((1.0, 10.0)))
    assert metrics["siap"]["velocity_accuracy_mps"] is None
    assert metrics["siap"]["track_number_change_rate_hz"] is None


def test_a_target_told_twice_at_one_time_counts_once_and_is_counted_as_repeated():
    metrics = truth_metrics(SAID, RUN, truth((1.0, 10.0), (2.0, 20.0), (2.0, 500.0)))
    assert metrics["gospa"]["repeated_truth_rows"] == 1
    assert metrics["gospa"]["missed_fraction"] == 0.0
    assert metrics["clear_mot"]["truths"] == 2
