"""An azimuth to five places is one to five places, all round."""

import numpy as np
import pytest

from sangar.models.kernels.angles import NEAR_AZIMUTH_ERROR_RAD, near_azimuth_rad


def test_it_is_as_near_as_it_says_all_round():
    exact = np.linspace(-np.pi, np.pi, 20_001)[1:]
    for scale in (1e-3, 1.0, 1e7):
        near = np.array([near_azimuth_rad(scale * np.sin(a), scale * np.cos(a)) for a in exact])
        assert np.abs(np.angle(np.exp(1j * (near - exact)))).max() <= NEAR_AZIMUTH_ERROR_RAD


def test_a_small_turn_is_as_near_in_proportion():
    for angle in np.r_[-np.logspace(-9, -1, 50), np.logspace(-9, -1, 50)]:
        assert near_azimuth_rad(np.sin(angle), np.cos(angle)) == pytest.approx(angle, rel=2e-4, abs=0.0)


@pytest.mark.parametrize(
    ("east", "north", "expected"),
    [(0.0, 1.0, 0.0), (1.0, 0.0, np.pi / 2), (-1.0, 0.0, -np.pi / 2), (0.0, -1.0, np.pi), (0.0, 0.0, 0.0)],
)
def test_the_quarters_of_the_compass(east, north, expected):
    assert near_azimuth_rad(east, north) == pytest.approx(expected, abs=NEAR_AZIMUTH_ERROR_RAD)
