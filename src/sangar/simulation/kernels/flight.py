"""How simulated bodies move: along a route, wandering, or thrown. Each kernel fills one body's samples of truth."""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import advance
from sangar.simulation.kernels.random import normals

WANDER = 1
LOOK_AHEAD_TURNS = 1.0
LOOK_AHEAD_S = 2.0
WANDER_TURN_RADPS = 0.35
CLIMB_SHARE = 0.1


@kernel
def turn_towards(velocity, wish, largest_rad, speed_mps):
    """Turn a velocity (3,) towards a direction (3,) by at most an angle, and set its length."""
    wish_length = np.sqrt(wish[0] * wish[0] + wish[1] * wish[1] + wish[2] * wish[2])
    own_length = np.sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1] + velocity[2] * velocity[2])
    if wish_length <= 0.0 or own_length <= 0.0:
        return
    cosine = 0.0
    for i in range(3):
        cosine += velocity[i] * wish[i] / (own_length * wish_length)
    cosine = min(1.0, max(-1.0, cosine))
    angle = np.arccos(cosine)
    if angle <= largest_rad:
        for i in range(3):
            velocity[i] = wish[i] / wish_length * speed_mps
        return
    sine = np.sin(angle)
    level = np.sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1])
    if sine > 1e-6:
        keep, take = np.sin(angle - largest_rad) / sine, np.sin(largest_rad) / sine
        for i in range(3):
            velocity[i] = speed_mps * (keep * velocity[i] / own_length + take * wish[i] / wish_length)
    elif level > 0.0:  # about to fly straight back: turn to the right, level
        keep, take = np.cos(largest_rad), np.sin(largest_rad)
        east, north = velocity[0], velocity[1]
        velocity[0] = speed_mps * (keep * east / own_length + take * north / level)
        velocity[1] = speed_mps * (keep * north / own_length - take * east / level)
        velocity[2] = speed_mps * keep * velocity[2] / own_length
    length = np.sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1] + velocity[2] * velocity[2])
    for i in range(3):
        velocity[i] *= speed_mps / length


@kernel
def fly_route(waypoint_m, speed_mps, turn_mps2, step_s, position_m, velocity_mps, scratch):
    """Follow way-points at constant speed with bounded turns; samples every `step_s` until the last is reached.

    The body steers at a point on the present leg, ahead of itself by its turning radius and two seconds, and
    takes the next leg early enough to turn into it.

    Args:
        waypoint_m: (W, 3) way-points, W >= 2, no two neighbours equal.
        speed_mps: speed along the path.
        turn_mps2: largest acceleration across the path.
        step_s: time between samples.
        position_m: (K, 3) out.
        velocity_mps: (K, 3) out.
        scratch: (3, 3).

    Returns:
        Samples filled, and the time of arrival after the first sample; inf where K samples do not reach the end.
    """
    radius_m = speed_mps * speed_mps / turn_mps2
    ahead_m = LOOK_AHEAD_TURNS * radius_m + LOOK_AHEAD_S * speed_mps
    along, velocity, wish = scratch[0], scratch[1], scratch[2]
    leg, last_leg = 0, waypoint_m.shape[0] - 2
    for i in range(3):
        position_m[0, i] = waypoint_m[0, i]
        velocity[i] = waypoint_m[1, i] - waypoint_m[0, i]
    turn_towards(velocity, velocity, np.pi, speed_mps)
    for i in range(3):
        velocity_mps[0, i] = velocity[i]
    gone_m, length_m = _along_leg(waypoint_m, 0, position_m[0], along)
    for k in range(1, position_m.shape[0]):
        reach_m = max(gone_m, 0.0) + ahead_m
        if leg < last_leg:
            reach_m = min(length_m, reach_m)
        for i in range(3):
            wish[i] = waypoint_m[leg, i] + reach_m * along[i] - position_m[k - 1, i]
        turn_towards(velocity, wish, turn_mps2 / speed_mps * step_s, speed_mps)
        move(position_m, velocity_mps, velocity, k, step_s)
        before_m = gone_m
        gone_m, length_m = _along_leg(waypoint_m, leg, position_m[k], along)
        if leg == last_leg and gone_m >= length_m:
            share = (length_m - before_m) / max(gone_m - before_m, 1e-9)
            return k + 1, (k - 1 + min(1.0, max(0.0, share))) * step_s
        while leg < last_leg and gone_m >= length_m - _turn_lead(waypoint_m, leg, radius_m, length_m):
            leg += 1
            gone_m, length_m = _along_leg(waypoint_m, leg, position_m[k], along)
    return position_m.shape[0], np.inf


@kernel
def move(position_m, velocity_mps, velocity, k, step_s):
    """Fill sample k from sample k - 1 and the velocity reached since then: trapezoidal rule."""
    for i in range(3):
        velocity_mps[k, i] = velocity[i]
        position_m[k, i] = position_m[k - 1, i] + 0.5 * step_s * (velocity_mps[k - 1, i] + velocity[i])


@kernel
def _along_leg(waypoint_m, leg, position, along):
    """Distance gone along a leg and the leg's length; its direction goes into `along`."""
    length_m = 0.0
    for i in range(3):
        along[i] = waypoint_m[leg + 1, i] - waypoint_m[leg, i]
        length_m += along[i] * along[i]
    length_m = np.sqrt(length_m)
    gone_m = 0.0
    for i in range(3):
        along[i] /= length_m
        gone_m += (position[i] - waypoint_m[leg, i]) * along[i]
    return gone_m, length_m


@kernel
def _turn_lead(waypoint_m, leg, radius_m, length_m):
    """How long before its end a leg is left to turn into the next: r tan(angle / 2), at most half the leg."""
    dot, next_length = 0.0, 0.0
    for i in range(3):
        first, second = waypoint_m[leg + 1, i] - waypoint_m[leg, i], waypoint_m[leg + 2, i] - waypoint_m[leg + 1, i]
        dot += first * second
        next_length += second * second
    cosine = min(1.0, max(-1.0, dot / (length_m * np.sqrt(next_length))))
    half_tangent = np.sqrt((1.0 - cosine) / max(1.0 + cosine, 1e-6))
    return min(radius_m * half_tangent, 0.5 * length_m)


@kernel
def fly_wandering(centre_m, reach_m, speed_mps, turn_mps2, step_s, seed, body, position_m, velocity_mps, scratch):
    """Wander about a place as a bird does: a random walk of the heading, turned back at the edge; fills all samples."""
    velocity, wish = scratch[1], scratch[2]
    start_e, start_n = normals(seed, WANDER, body, 0, 0)
    start_u, pace = normals(seed, WANDER, body, 0, 1)
    heading_e, heading_n = normals(seed, WANDER, body, 0, 2)
    own_speed_mps = speed_mps * min(1.5, max(0.5, 1.0 + 0.15 * pace))
    position_m[0, 0] = centre_m[0] + 0.4 * reach_m * start_e
    position_m[0, 1] = centre_m[1] + 0.4 * reach_m * start_n
    position_m[0, 2] = centre_m[2] * max(0.2, 1.0 + 0.2 * start_u)
    velocity[0], velocity[1], velocity[2] = heading_e, heading_n, 0.0
    turn_towards(velocity, velocity, np.pi, own_speed_mps)
    for i in range(3):
        velocity_mps[0, i] = velocity[i]
    for k in range(1, position_m.shape[0]):
        turn, climb = normals(seed, WANDER, body, k, 3)
        angle = WANDER_TURN_RADPS * np.sqrt(step_s) * turn
        wish[0] = velocity[0] * np.cos(angle) - velocity[1] * np.sin(angle)
        wish[1] = velocity[0] * np.sin(angle) + velocity[1] * np.cos(angle)
        level = (centre_m[2] - position_m[k - 1, 2]) / max(centre_m[2], 10.0)
        wish[2] = own_speed_mps * CLIMB_SHARE * (climb + level)
        off_e, off_n = position_m[k - 1, 0] - centre_m[0], position_m[k - 1, 1] - centre_m[1]
        if off_e * off_e + off_n * off_n > reach_m * reach_m:
            wish[0], wish[1], wish[2] = -off_e, -off_n, 0.0
        turn_towards(velocity, wish, turn_mps2 / own_speed_mps * step_s, own_speed_mps)
        move(position_m, velocity_mps, velocity, k, step_s)
    return position_m.shape[0]


@kernel
def fly_thrown(start, drag_1pm, ground_m, latitude_rad, altitude_m, step_s, position_m, velocity_mps, scratch):
    """Fall under gravity and drag until the ground; the last sample is the first at or below it.

    Args:
        start: (6,) position and velocity at the first sample.
        drag_1pm: drag constant.
        ground_m: height of the ground where it falls, site up.
        latitude_rad: of the site.
        altitude_m: of the site.
        step_s: time between samples.
        position_m: (K, 3) out.
        velocity_mps: (K, 3) out.
        scratch: (6, 6).

    Returns:
        Samples filled, and the time of impact after the first sample; inf where K samples do not reach the ground.
    """
    state = scratch[5]
    for i in range(6):
        state[i] = start[i]
    for k in range(position_m.shape[0]):
        for i in range(3):
            position_m[k, i] = state[i]
            velocity_mps[k, i] = state[i + 3]
        if k > 0 and state[2] <= ground_m and state[5] < 0.0:
            return k + 1, (k - 1) * step_s + _time_to_ground(position_m, velocity_mps, k, ground_m, step_s)
        advance(state, drag_1pm, 0.0, step_s, latitude_rad, altitude_m, scratch)
    return position_m.shape[0], np.inf


@kernel
def _time_to_ground(position_m, velocity_mps, k, ground_m, step_s):
    """When, after sample k - 1, the interpolated height meets the ground: bisection to the nanosecond."""
    low_s, high_s = 0.0, step_s
    for _ in range(40):
        middle_s = 0.5 * (low_s + high_s)
        if between(position_m, velocity_mps, k - 1, 2, middle_s, step_s) > ground_m:
            low_s = middle_s
        else:
            high_s = middle_s
    return 0.5 * (low_s + high_s)


@kernel
def between(position_m, velocity_mps, k, axis, after_s, step_s):
    """One coordinate between samples k and k + 1, `after_s` after sample k: cubic Hermite interpolation."""
    s = after_s / step_s
    first, second = position_m[k, axis], position_m[k + 1, axis]
    slope, next_slope = velocity_mps[k, axis] * step_s, velocity_mps[k + 1, axis] * step_s
    rise = second - first
    return first + s * (slope + s * (3.0 * rise - 2.0 * slope - next_slope + s * (slope + next_slope - 2.0 * rise)))


@kernel
def bodies_at(trajectories, time_s, bodies):
    """Fill records of `BODY` (B,) with where all bodies are at a time; not present before and after their flights."""
    for b in range(bodies.shape[0]):
        flight, body = trajectories.rows[b], bodies[b]
        after_s = time_s - flight["start_s"]
        body["is_present"] = 1 if 0.0 <= after_s and time_s <= flight["end_s"] else 0
        first, step_s = flight["first"], flight["step_s"]
        k = min(max(int(after_s / step_s), 0), flight["last"] - first - 2)
        within_s = min(max(after_s - k * step_s, 0.0), step_s)
        share = within_s / step_s
        for axis in range(3):
            body["position_m"][axis] = between(
                trajectories.position_m, trajectories.velocity_mps, first + k, axis, within_s, step_s
            )
            earlier, later = trajectories.velocity_mps[first + k, axis], trajectories.velocity_mps[first + k + 1, axis]
            body["velocity_mps"][axis] = (1.0 - share) * earlier + share * later
