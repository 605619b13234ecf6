"""Recorded Mode S transmissions, located by their arrival times."""

import numpy as np
import polars as pl

from benchmarks.multilateration import AS_HEARD, SETS, located
from sangar.adapters.tables.multilateration import read_multilateration

BASELINE_MEDIAN_M, BASELINE_P90_M = 44.0, 227.0
"""Of a robust least squares of single transmissions."""


def test_recorded_transmissions_are_located_better_than_by_plain_least_squares(recorded):
    receivers, errors, found, whole = recorded("multilateration/sensors.csv"), [], 0, 0
    for number in SETS:
        path = recorded(f"multilateration/set_{number}.csv")
        table, recording = pl.read_csv(path, infer_schema_length=None), read_multilateration(path, receivers)
        errors.append(located(table, recording.positions))
        found, whole = found + recording.counts.positions, whole + recording.counts.transmissions
    whole_m = np.concatenate([part.whole_m for part in errors])
    across_m = np.concatenate([part.across_m for part in errors])
    assert found > 0.98 * whole
    assert np.median(whole_m) < 0.92 * BASELINE_MEDIAN_M
    assert np.quantile(whole_m, 0.9) < 0.85 * BASELINE_P90_M
    assert np.nanmedian(across_m) < 15.0
    assert whole_m.max() < 2000.0, "no other minimum hundreds of kilometres away"


def test_learning_receivers_makes_it_better_and_what_the_aircraft_says_is_older_than_it_is(recorded):
    receivers, path = recorded("multilateration/sensors.csv"), recorded("multilateration/set_2.csv")
    table = pl.read_csv(path, infer_schema_length=None)
    exact = located(table, read_multilateration(path, receivers, AS_HEARD).positions)
    learned = located(table, read_multilateration(path, receivers).positions)
    assert np.median(learned.whole_m) < np.median(exact.whole_m)
    assert np.nanmean(learned.along_m) > 20.0
