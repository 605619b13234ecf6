"""Height above the WGS84 ellipsoid of an Earth-centred place, and which way is up there.

Source: Bowring (1976), Transformation from spatial to geographical coordinates, Survey Review 23(181); one step, good
to a millimetre below the height of satellites.
"""

import numpy as np

from sangar.core.jit import kernel

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1.0 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
SECOND_ECCENTRICITY_SQUARED = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)


@kernel
def height_and_up(x_m, y_m, z_m):
    """(Height in metres, then the unit vector up: three components) of an ECEF place."""
    across_m = np.sqrt(x_m * x_m + y_m * y_m)
    reduced = np.arctan2(z_m * SEMI_MAJOR_M, across_m * SEMI_MINOR_M)
    sine, cosine = np.sin(reduced), np.cos(reduced)
    latitude = np.arctan2(
        z_m + SECOND_ECCENTRICITY_SQUARED * SEMI_MINOR_M * sine * sine * sine,
        across_m - ECCENTRICITY_SQUARED * SEMI_MAJOR_M * cosine * cosine * cosine,
    )
    longitude = np.arctan2(y_m, x_m)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    normal_m = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    height_m = across_m * cosine + z_m * sine - SEMI_MAJOR_M * SEMI_MAJOR_M / normal_m
    return height_m, cosine * np.cos(longitude), cosine * np.sin(longitude), sine
