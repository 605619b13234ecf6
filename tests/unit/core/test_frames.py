"""The site frame against PROJ's topocentric conversion, EPSG's worked example and what a globe looks like."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pyproj import Geod, Transformer

from sangar.core.frames import SiteFrame, enu_from_ecef_rotation

PLACES = [(35.0, 45.0, 400.0), (-33.9, 18.4, 20.0), (69.6, -51.2, 3.0), (0.0, 179.9, 0.0), (34.5, 69.2, 1791.0)]


def topocentric(latitude_deg, longitude_deg, altitude_m):
    """PROJ's own conversion from geodetic degrees to the tangent plane of a place."""
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lat_0={latitude_deg} +lon_0={longitude_deg} +h_0={altitude_m}"
    )


def around(place, count=200, seed=0):
    """Geodetic points within some 200 km of a place, up to 20 km high."""
    rng = np.random.default_rng(seed)
    return np.array(place) + rng.uniform([-1.5, -1.5, 0.0], [1.5, 1.5, 20e3], (count, 3)) - [0.0, 0.0, place[2]]


@pytest.mark.parametrize("place", PLACES)
def test_site_positions_equal_projs_topocentric_ones(place):
    points = around(place)
    expected_m = np.stack(topocentric(*place).transform(points[:, 1], points[:, 0], points[:, 2]), axis=1)
    assert_allclose(SiteFrame(*place).enu_from_geodetic(points), expected_m, atol=1e-6)


def test_the_worked_example_of_epsg_9837_is_met():
    """IOGP publication 373-7-2, "Geographic/topocentric conversions": to the millimetre it prints."""
    frame = SiteFrame(55.0, 5.0, 200.0)
    point = np.array([[53 + 48 / 60 + 33.82 / 3600, 2 + 7 / 60 + 46.38 / 3600, 73.0]])
    assert_allclose(frame.enu_from_geodetic(point), [[-189013.869, -128642.040, -4220.171]], atol=1e-3)


@pytest.mark.parametrize("place", PLACES)
def test_there_and_back_is_the_same_place(place):
    frame, points = SiteFrame(*place), around(place)
    back = frame.geodetic_from_enu(frame.enu_from_geodetic(points))
    turns = (back[:, 1] - points[:, 1] + 180.0) % 360.0 - 180.0
    assert_allclose(back[:, 0], points[:, 0], atol=1e-11)
    assert_allclose(turns, 0.0, atol=1e-11)
    assert_allclose(back[:, 2], points[:, 2], atol=1e-5)


@pytest.mark.parametrize("place", PLACES)
def test_the_reference_point_is_the_origin(place):
    assert_allclose(SiteFrame(*place).enu_from_geodetic(np.array([place])), np.zeros((1, 3)), atol=1e-8)


@pytest.mark.parametrize("place", PLACES)
def test_axes_point_east_north_and_up(place):
    """By geodesics on the ellipsoid: a kilometre along an azimuth, and a kilometre of height."""
    for azimuth_deg, expected in [(90.0, [1.0, 0.0]), (0.0, [0.0, 1.0])]:
        longitude, latitude, _ = Geod(ellps="WGS84").fwd(place[1], place[0], azimuth_deg, 1000.0)
        found = SiteFrame(place[0], place[1], 0.0).enu_from_geodetic(np.array([[latitude, longitude, 0.0]]))[0]
        assert_allclose(found[:2] / 1000.0, expected, atol=2e-4)
        assert found[2] == pytest.approx(-(1000.0**2) / (2 * 6.371e6), rel=0.01)
    above = np.array([[place[0], place[1], place[2] + 1000.0]])
    assert_allclose(SiteFrame(*place).enu_from_geodetic(above), [[0.0, 0.0, 1000.0]], atol=1e-6)


@pytest.mark.parametrize("place", PLACES)
def test_rotations_are_proper(place):
    frame = SiteFrame(*place)
    for rotation in (frame.enu_from_ecef, frame.local_from_site_rotation(place[0] + 0.3, place[1] - 0.2)):
        assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-15)
        assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_a_sensor_at_the_reference_point_has_the_sites_axes():
    assert_allclose(SiteFrame(35.0, 45.0, 400.0).local_from_site_rotation(35.0, 45.0), np.eye(3), atol=1e-15)


def test_a_sensors_own_axes_are_those_of_a_frame_of_its_own():
    site, sensor = SiteFrame(35.0, 45.0, 400.0), SiteFrame(35.4, 45.6, 900.0)
    points = around((35.0, 45.0, 400.0))
    site_m = site.enu_from_geodetic(points)
    sensor_in_site_m = site.enu_from_geodetic(np.array([[35.4, 45.6, 900.0]]))
    turned_m = (site_m - sensor_in_site_m) @ site.local_from_site_rotation(35.4, 45.6).T
    assert_allclose(turned_m, sensor.enu_from_geodetic(points), atol=1e-6)


def test_ten_kilometres_east_north_is_turned_by_a_milliradian():
    """The meridian convergence, longitude difference times sine of latitude: why flat-earth is not good enough."""
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(45.0, 35.0, 90.0, 10e3)
    rotation = SiteFrame(35.0, 45.0, 0.0).local_from_site_rotation(latitude, longitude)
    convergence_rad = np.radians(longitude - 45.0) * np.sin(np.radians(35.0))
    assert convergence_rad == pytest.approx(1.1e-3, rel=0.02)
    assert rotation[1, 0] == pytest.approx(-convergence_rad, rel=1e-3)


def test_the_axes_at_the_crossing_of_equator_and_greenwich_are_known():
    assert_allclose(enu_from_ecef_rotation(0.0, 0.0), [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=1e-16)
