"""Array shapes, spelt once. The test run checks them (see CONTRIBUTING); letters: N rows, D state, Z zones."""

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

PositionsEnuM = Float64[NDArray[np.float64], "N 3"]
"""(N, 3) positions east, north, up of the site; metres."""

PositionsEcefM = Float64[NDArray[np.float64], "N 3"]
"""(N, 3) Earth-centred, Earth-fixed positions; metres."""

GeodeticDegM = Float64[NDArray[np.float64], "N 3"]
"""(N, 3) WGS84 latitude and longitude in degrees, ellipsoidal altitude in metres."""

Rotation = Float64[NDArray[np.float64], "3 3"]
"""Rotation matrix; what it turns into what is in the name of the variable."""

Vector3 = Float64[NDArray[np.float64], "3"]
"""One position or velocity, east, north, up."""

Series = Float64[NDArray[np.float64], "N"]
"""One number per row; the unit is in the variable's name."""

Indices = Int64[NDArray[np.int64], "N"]
"""Row numbers."""
