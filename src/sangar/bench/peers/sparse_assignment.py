"""Optimal assignment over the gated pairs only, one connected group of tracks and detections at a time, in SciPy."""

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Rows = Int64[NDArray[np.int64], "K"]
FORBIDDEN = 1e6


def assign(
    tracks: Rows, detections: Rows, costs: Float64[NDArray[np.float64], "K"], missed_cost: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tracks and detections of the cheapest assignment, where a track without a detection costs `missed_cost`."""
    if len(tracks) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    track_count, detection_count = tracks.max() + 1, detections.max() + 1
    node_count = track_count + detection_count
    links = csr_matrix((np.ones(len(tracks)), (tracks, detections + track_count)), shape=(node_count, node_count))
    _, label = connected_components(links, directed=False)
    group = label[tracks]
    alone = np.bincount(group)[group] == 1
    chosen_tracks, chosen_detections = [tracks[alone]], [detections[alone]]
    crowded = np.flatnonzero(~alone)
    crowded = crowded[np.argsort(group[crowded], kind="stable")]
    for pairs in np.split(crowded, np.flatnonzero(np.diff(group[crowded])) + 1):
        taken_tracks, taken_detections = _solve(tracks[pairs], detections[pairs], costs[pairs], missed_cost)
        chosen_tracks.append(taken_tracks)
        chosen_detections.append(taken_detections)
    return np.concatenate(chosen_tracks), np.concatenate(chosen_detections)


def _solve(
    tracks: Rows, detections: Rows, costs: Float64[NDArray[np.float64], "K"], missed_cost: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    track_numbers, track = np.unique(tracks, return_inverse=True)
    detection_numbers, detection = np.unique(detections, return_inverse=True)
    every = np.arange(len(track_numbers))
    matrix = np.full((len(track_numbers), len(detection_numbers) + len(track_numbers)), FORBIDDEN)
    matrix[every, len(detection_numbers) + every] = missed_cost
    matrix[track, detection] = costs
    rows, columns = linear_sum_assignment(matrix)
    detected = columns < len(detection_numbers)
    return track_numbers[rows[detected]], detection_numbers[columns[detected]]
