"""Cameras flooded with false marks find a drone wherever in the picture it is."""

import math

import pytest

from benchmarks.camera_floods import SIDES_DEG, fly


@pytest.mark.parametrize("side", SIDES_DEG)
@pytest.mark.parametrize("cameras", [2, 3])
def test_a_flood_of_false_marks_makes_no_part_of_the_picture_blind(cameras, side):
    flights = [fly(cameras, 120, side, seed) for seed in range(2)]
    assert not any(math.isnan(flight.found_s) for flight in flights)
    assert sum(flight.false_count for flight in flights) <= 1


def test_a_flood_is_tracked_the_same_again():
    first, again = (fly(2, 120, "right", 5) for _ in range(2))
    assert (first.found_s, first.false_count) == (again.found_s, again.false_count)
