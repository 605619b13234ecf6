"""How a wrong sensor would see a body: turned, delayed or both, estimated from what it reports of it.

With the body at s(t) in the sensor's own axes, a sensor that is turned by R and whose times are τ late reports at t

    m = R d(t - τ),  d = s / |s|;   δm = δθ × m - R ḋ δτ

with the angles δθ by which it is turned further. Each explanation is an extended Kalman filter over (δθ, τ) that holds
fixed what it does not explain. The body's own place errs alike in many looks: its variance counts once a second, and
four times.

Source: Bar-Shalom, Li & Kirubarajan (2001), section 10.3 (extended filter); Solà, Deray & Atchuthan (2018), A micro Lie
theory for state estimation in robotics, arXiv:1812.01537, for the turn and its perturbation.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.core.jit import kernel
from sangar.core.realignment import BOTH, DELAYED, FAULT_SIZE
from sangar.tracking.kernels.registration.offsets import wrapped
from sangar.tracking.kernels.registration.reference_path import place_at

TURN_SIGMA_RAD, DELAY_SIGMA_S = 0.15, 1.5
"""How wrong a sensor may be before anything is known (1 sigma)."""
LASTING, LASTING_S = 4.0, 1.0
"""A body's place errs alike for so long; and by so much more, in variance, than its track says."""
TURN, DELAY = 3, 3
"""The first three numbers of a fault are angles, the fourth is the delay."""


@kernel
def begin_explanation(own, h, has_elevation):
    """Set an explanation back to nothing known; a sensor of azimuths alone is turned about its own vertical only."""
    for i in range(FAULT_SIZE):
        for j in range(FAULT_SIZE):
            own["covariance"][h, i, j] = 0.0
    for i in range(TURN):
        own["direction_sum"][h, i] = 0.0
        for j in range(TURN):
            own["turn"][h, i, j] = 1.0 if i == j else 0.0
        if h != DELAYED and (has_elevation or i == TURN - 1):
            own["covariance"][h, i, i] = TURN_SIGMA_RAD * TURN_SIGMA_RAD
    if h in (DELAYED, BOTH):
        own["covariance"][h, DELAY, DELAY] = DELAY_SIGMA_S * DELAY_SIGMA_S
    own["delay_s"][h], own["directions"][h], own["fits"][h], own["doubt"][h] = 0.0, 0.0, 0, 0.0
    own["distance_sum"][h], own["number_sum"][h] = 0.0, 0.0


@kernel
def _variance_along(own, sensor, h, own_vector):
    """Variance of the body's place along a direction of the sensor's turned axes."""
    direction, rotation, packed = own["direction"], sensor["local_from_site"], own["place_covariance"]
    for i in range(3):
        direction[i] = 0.0
        for j in range(3):
            for k in range(3):
                direction[i] += rotation[j, i] * own["turn"][h, k, j] * own_vector[k]
    e, n, u = direction[0], direction[1], direction[2]
    straight = e * e * packed[0] + n * n * packed[2] + u * u * packed[5]
    return straight + 2.0 * (e * n * packed[1] + e * u * packed[3] + n * u * packed[4])


@kernel
def _turned(own, h, sensor, offset):
    """Place (offset 0) or velocity (offset 3) of the body in the axes of the faulty sensor."""
    rotation, position_m = sensor["local_from_site"], sensor["position_m"]
    s = (own["place"][offset], own["place"][offset + 1], own["place"][offset + 2])
    if offset == 0:
        s = (s[0] - position_m[0], s[1] - position_m[1], s[2] - position_m[2])
    e = rotation[0, 0] * s[0] + rotation[0, 1] * s[1] + rotation[0, 2] * s[2]
    n = rotation[1, 0] * s[0] + rotation[1, 1] * s[1] + rotation[1, 2] * s[2]
    u = rotation[2, 0] * s[0] + rotation[2, 1] * s[1] + rotation[2, 2] * s[2]
    turn = own["turn"][h]
    return (
        turn[0, 0] * e + turn[0, 1] * n + turn[0, 2] * u,
        turn[1, 0] * e + turn[1, 1] * n + turn[1, 2] * u,
        turn[2, 0] * e + turn[2, 1] * n + turn[2, 2] * u,
    )


@kernel
def axes_across(m, level, length):
    """Unit vectors to the right of a direction and upwards of it, in the axes it is given in."""
    right = (m[1] / level, -m[0] / level, 0.0)
    return right, (-m[0] * m[2] / (level * length), -m[1] * m[2] / (level * length), level / length)


@kernel
def write_turn_gradient(own, c, m, e, scale):
    """How what is measured along e moves as the sensor turns further: m x e, scaled."""
    own["gradient"][c, 0] = scale * (m[1] * e[2] - m[2] * e[1])
    own["gradient"][c, 1] = scale * (m[2] * e[0] - m[0] * e[2])
    own["gradient"][c, 2] = scale * (m[0] * e[1] - m[1] * e[0])


@kernel
def expect(own, p, h, time_s, sensor):
    """Write what a sensor with fault h would report of the body of path p; False where the path says nothing of it.

    Args:
        own: record of `REALIGNMENT`; `expected`, `noise` and `gradient` are written.
        p, h: path and explanation.
        time_s: as reported.
        sensor: record of `SENSOR`.
    """
    if not place_at(own, p, time_s - own["delay_s"][h]):
        return False
    m, v = _turned(own, h, sensor, 0), _turned(own, h, sensor, 3)
    range_m = np.sqrt(m[0] * m[0] + m[1] * m[1] + m[2] * m[2])
    level_m = np.hypot(m[0], m[1])
    if not level_m > 1e-3 * range_m:
        return False
    own["expected"][0], own["expected"][1], own["expected"][2] = (
        np.arctan2(m[0], m[1]),
        np.arctan2(m[2], level_m),
        range_m,
    )
    right, up = axes_across(m, level_m, range_m)
    away = (m[0] / range_m, m[1] / range_m, m[2] / range_m)
    for c in range(3):
        e = right if c == 0 else (up if c == 1 else away)
        scale = 1.0 / range_m if c < 2 else 1.0
        own["noise"][c] = LASTING * scale * scale * _variance_along(own, sensor, h, e)
        write_turn_gradient(own, c, m, e, scale)
        own["gradient"][c, DELAY] = -scale * (v[0] * e[0] + v[1] * e[1] + v[2] * e[2])
    own["rate_radps"] = np.hypot(own["gradient"][0, DELAY], own["gradient"][1, DELAY])
    return True


@kernel
def offset_of(own, c, detection):
    """By how much a detection stands to the right (c = 0), above (1) or beyond (2); NaN where it does not tell."""
    if c == 0:
        return np.cos(own["expected"][1]) * wrapped(detection["measured"][AZIMUTH] - own["expected"][0])
    if c == 1:
        return detection["measured"][ELEVATION] - own["expected"][1]
    return detection["measured"][RANGE] - own["expected"][2]


@kernel
def _own_variance(own, c, detection, repeats):
    """Variance of a detection's number and of where the body is thought to be, the latter so many times."""
    if c == 0:
        sigma = np.cos(own["expected"][1]) * detection["sigma"][AZIMUTH]
    else:
        sigma = detection["sigma"][ELEVATION] if c == 1 else detection["sigma"][RANGE]
    return sigma * sigma + repeats * own["noise"][c]


@kernel
def fault_variance(own, h, c):
    """Variance of what is expected by what is not known of the fault; writes P gᵀ into `product`."""
    total = 0.0
    for i in range(FAULT_SIZE):
        own["product"][i] = 0.0
        for j in range(FAULT_SIZE):
            own["product"][i] += own["covariance"][h, i, j] * own["gradient"][c, j]
        total += own["gradient"][c, i] * own["product"][i]
    return total


@kernel
def distance_of(own, h, detection):
    """(Squared distance of a detection's angles from what is expected, their count, Σ ln S, squared one with range)."""
    squared, numbers, log_volume, with_range = 0.0, 0.0, 0.0, 0.0
    for c in range(3):
        offset = offset_of(own, c, detection)
        if np.isnan(offset):
            continue
        variance = _own_variance(own, c, detection, 1.0) + fault_variance(own, h, c)
        with_range += offset * offset / variance
        if c < 2:
            squared += offset * offset / variance
            log_volume += np.log(variance / (variance - fault_variance(own, h, c)))
            numbers += 1.0
    return squared, numbers, log_volume, with_range


@kernel
def _turn_further(own, h):
    """Turn by the step's angles (Rodrigues)."""
    x, y, z = own["step"][0], own["step"][1], own["step"][2]
    angle = np.sqrt(x * x + y * y + z * z)
    if angle == 0.0:
        return
    x, y, z = x / angle, y / angle, z / angle
    sine, rest, cosine = np.sin(angle), 1.0 - np.cos(angle), np.cos(angle)
    turn, spin = own["turn"][h], own["spin"]
    for k in range(3):
        a, b, c = turn[0, k], turn[1, k], turn[2, k]
        along = (x * a + y * b + z * c) * rest
        spin[0, k] = cosine * a + sine * (y * c - z * b) + along * x
        spin[1, k] = cosine * b + sine * (z * a - x * c) + along * y
        spin[2, k] = cosine * c + sine * (x * b - y * a) + along * z
    for i in range(3):
        for k in range(3):
            turn[i, k] = spin[i, k]


@kernel
def learn_from(own, h, detection, waited_s, sensor):
    """Correct explanation h by a detection of the body that `expect` was asked about, so long after the last look."""
    repeats = max(1.0, LASTING_S / waited_s)
    for i in range(FAULT_SIZE):
        own["step"][i] = 0.0
    for c in range(2):
        offset = offset_of(own, c, detection)
        if np.isnan(offset):
            continue
        variance = fault_variance(own, h, c) + _own_variance(own, c, detection, repeats)
        for i in range(FAULT_SIZE):
            offset -= own["gradient"][c, i] * own["step"][i]
        for i in range(FAULT_SIZE):
            own["step"][i] += own["product"][i] * offset / variance
            for j in range(FAULT_SIZE):
                own["covariance"][h, i, j] -= own["product"][i] * own["product"][j] / variance
    _turn_further(own, h)
    own["delay_s"][h] += own["step"][DELAY]
    own["directions"][h] += 1.0
    for k in range(3):
        own["direction_sum"][h, k] += (own["place"][k] - sensor["position_m"][k]) / own["expected"][2]


@kernel
def angle_of(own, h):
    """(Angle by which explanation h says the sensor is turned, its 1 sigma); rad."""
    turn = own["turn"][h]
    x, y, z = turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]
    sine = 0.5 * np.sqrt(x * x + y * y + z * z)
    angle = np.arctan2(sine, 0.5 * (turn[0, 0] + turn[1, 1] + turn[2, 2] - 1.0))
    if sine == 0.0:
        return angle, np.sqrt(own["covariance"][h, 2, 2])
    axis = (0.5 * x / sine, 0.5 * y / sine, 0.5 * z / sine)
    variance = 0.0
    for i in range(TURN):
        for j in range(TURN):
            variance += axis[i] * own["covariance"][h, i, j] * axis[j]
    return angle, np.sqrt(max(variance, 0.0))
