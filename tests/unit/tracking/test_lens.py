"""The lens model, against a root finder and by hand."""

import numpy as np
import pytest
from scipy.optimize import root

from sangar.tracking.registration.lens import Lens, bearings_of, pixels_of, rays_from_bearings, rays_of

WIDE = Lens((874.5, 894.1), (970.3, 531.3), (-0.2607, 0.0749, -0.00014, 0.00017, -0.0091), (1920, 1080))
TELE = Lens((3265.0, 3245.0), (1871.0, 1002.1), (0.184, -0.756, -0.0014, -0.0028, 0.940), (3840, 2160))


@pytest.mark.parametrize("lens", [WIDE, TELE])
def test_a_pixel_goes_out_along_its_ray_and_comes_back(lens):
    columns, rows = np.meshgrid(
        np.linspace(0.1, 0.9, 9) * lens.size_px[0], np.linspace(0.05, 0.95, 7) * lens.size_px[1]
    )
    pixels = np.column_stack([columns.ravel(), rows.ravel()])
    assert np.allclose(pixels_of(lens, rays_of(lens, pixels)), pixels, atol=1e-6)


def test_undistortion_solves_browns_equations():
    pixel = np.array([[120.0, 930.0]])
    x0, y0 = (pixel[0] - WIDE.centre_px) / np.array(WIDE.focal_px)
    k1, k2, p1, p2, k3 = WIDE.distortion

    def brown(xy):
        x, y = xy
        r2 = x * x + y * y
        radial = 1.0 + k1 * r2 + k2 * r2**2 + k3 * r2**3
        return [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) - x0,
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y - y0,
        ]

    x, y = root(brown, [x0, y0], tol=1e-13).x
    ray = rays_of(WIDE, pixel)[0]
    assert np.allclose([ray[0] / ray[1], -ray[2] / ray[1]], [x, y], atol=1e-9)


def test_what_lies_behind_the_lens_falls_into_no_pixel():
    assert np.isnan(pixels_of(WIDE, np.array([[0.1, -1.0, 0.0], [0.0, 0.0, 1.0]]))).all()


def test_right_is_clockwise_and_up_is_up():
    azimuth, elevation = bearings_of(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]))
    assert np.allclose(azimuth, [np.pi / 4, 0.0])
    assert np.allclose(elevation, [0.0, np.pi / 4])
    rays = rays_from_bearings(azimuth, elevation)
    assert np.allclose(rays, np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]) / np.sqrt(2.0))


@pytest.mark.parametrize("pixel", [[np.nan, 5.0], [1e9, -1e9], [0.0, 0.0]])
def test_a_pixel_the_lens_model_does_not_reach_has_no_ray(pixel):
    """This lens model turns back 50 degrees from the axis; the corner of its picture lies beyond."""
    assert np.isnan(rays_of(WIDE, np.array([pixel]))).any()
