"""How much evidence confirms a track, so that clutter alone confirms only as many an hour as were allowed.

Evidence is the log-likelihood ratio since a track's first detection. Under clutter the ratio is at most a martingale,
so a share of at most exp(-h) of the tracks that clutter starts ever reaches h, and K exp(-h) an hour are confirmed,
with K at most the clutter's births an hour. The bound is loose: one detection often carries a track far past h, tracks
die before they get there, the gate cuts. So K is measured while the tracker runs, without waiting for a false track:
before every look each tentative track is asked with what chance a detection of clutter would confirm it now, that is
the clutter's density times the volume of the ellipsoid in which a detection would bring enough,

    λ vol {z : evidence of a detection at z >= evidence that is missing}.

The sum over tracks and looks is the expected number of false confirmations (the compensator of their counting
process), far less scattered than counting them. K is this rate times exp(h), averaged over the last twenty minutes, and
h = ln(K / F) for an allowed rate F.

Source: Wald (1947), Sequential Analysis; Blackman & Popoli (1999), section 6.2; Ville's inequality for the bound.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import BATCH, HIGH_WATER, KINDS_OF_CONFIRMATION
from sangar.tracking.kernels.management.false_chance import false_chance, required_hits
from sangar.tracking.kernels.management.urgency import is_urgent
from sangar.tracking.kernels.visibility.witnesses import has_witnesses

TENTATIVE = np.int64(TrackStatus.TENTATIVE)
HOUR_S = 3600.0
MEMORY_S = 1200.0
"""Time over which the rate is averaged ..."""
TRUST_S = 120.0
"""... and how long a watch the stated clutter is worth before anything was seen."""
LONGEST_WEIGHT = 10.0
"""Looks that one batch may stand for: after a longer silence nothing is known of the time between."""
THINNING = 8
"""Tracks of one detection are many and alike: one in so many is asked, and counts as many times."""
LEAST_RATE_1PH = 1e-6


@kernel
def required_score(confirmation, is_urgent_track, parameters):
    """Log-odds of existence a tentative track must reach."""
    return max(confirmation["evidence"][is_urgent_track] + parameters.birth_logit, parameters.confirmation_score)


@kernel
def is_convincing(track, time_s, confirmation, parameters):
    """Whether a tentative track has the evidence, the detections and the age to be confirmed."""
    if not has_witnesses(track) or track["hits"] < required_hits(track["is_urgent"], parameters):
        return False
    is_watched = time_s - track["birth_s"] >= parameters.confirmation_time_s
    return is_watched and track["score"] >= required_score(confirmation, track["is_urgent"], parameters)


@kernel
def _start(confirmation, sensors, time_s, parameters):
    """Before anything was seen: every false alarm that the sensors are said to make may start a track."""
    births_1ph = LEAST_RATE_1PH
    for s in range(sensors.shape[0]):
        if sensors[s]["starts_tracks"] == 1:
            births_1ph += sensors[s]["false_alarms"] * HOUR_S / sensors[s]["period_s"]
    confirmation["births_1ph"][0] = births_1ph
    confirmation["births_1ph"][1] = births_1ph * parameters.urgent_share
    confirmation["time_s"] = time_s
    confirmation["watched_s"] = 0.0
    _set_evidence(confirmation, parameters)


@kernel
def _set_evidence(confirmation, parameters):
    """The evidence that lets through the allowed rate."""
    births = confirmation["births_1ph"]
    confirmation["evidence"][0] = np.log(births[0] / parameters.false_tracks_per_hour)
    confirmation["evidence"][1] = min(
        confirmation["evidence"][0], np.log(births[1] / parameters.urgent_false_tracks_per_hour)
    )


@kernel
def _expect(tracks, time_s, pattern, sensor, parameters, expected, work):
    """Add up the chances of all tentative tracks, by kind, into `expected` (2,), and note who is urgent."""
    confirmation = tracks.confirmation[0]
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] != TENTATIVE:
            continue
        track["is_urgent"] = is_urgent(track, parameters)
        if not has_witnesses(track):
            continue
        weight = 1.0
        if track["hits"] == 1:
            if (i + tracks.counters[BATCH]) % THINNING != 0:
                continue
            weight = 1.0 * THINNING
        needed = required_score(confirmation, track["is_urgent"], parameters)
        chance = false_chance(track, time_s, pattern, sensor, needed, parameters, work)
        expected[track["is_urgent"]] += weight * chance


@kernel
def calibrate(tracks, time_s, batch, sensors, sensor_row, parameters, work):
    """Measure how readily clutter would confirm tracks in this look, and set the evidence it takes.

    Called after the batch was admitted and before it is used. A batch without a usable detection says nothing by
    itself; the next one then stands for both.
    """
    confirmation, sensor = tracks.confirmation[0], sensors[sensor_row]
    if not confirmation["time_s"] > -np.inf:
        _start(confirmation, sensors, time_s, parameters)
    first = 0
    while first < batch.shape[0] and work.columns[first]["admitted"] == 0:
        first += 1
    if first == batch.shape[0]:
        return
    looks = min((time_s - sensor["weighed_s"]) / sensor["period_s"], LONGEST_WEIGHT)
    if not looks > 0.0:
        return
    sensor["weighed_s"] = time_s
    expected = confirmation["expected"]
    for kind in range(KINDS_OF_CONFIRMATION):
        expected[kind] = 0.0
    _expect(tracks, time_s, batch[first], sensor, parameters, expected, work)
    passed_s = min(max(time_s - confirmation["time_s"], 0.0), LONGEST_WEIGHT * sensor["period_s"])
    confirmation["time_s"] = max(time_s, confirmation["time_s"])
    confirmation["watched_s"] += passed_s
    gain = 1.0 / min(MEMORY_S, TRUST_S + confirmation["watched_s"])
    for kind in range(KINDS_OF_CONFIRMATION):
        evidence = required_score(confirmation, kind, parameters) - parameters.birth_logit
        seen = looks * expected[kind] * HOUR_S * np.exp(evidence)
        births = confirmation["births_1ph"][kind]
        confirmation["births_1ph"][kind] = max(LEAST_RATE_1PH, births + gain * (seen - passed_s * births))
    _set_evidence(confirmation, parameters)
