"""How each class flies and what it looks like to a radar: the densities the class evidence is weighed with.

One row a class, so that a reader can check it. Sources, where there are any:

* bird speeds 8-23 m/s, mean about 13: Alerstam et al. (2007), PLoS Biology 5(8), e197;
* bird cross-sections from about -30 (small songbirds) to -15 dBsm (gulls, ducks) at X band: orders of magnitude as
  reviewed by Vaughn (1985), Birds and insects as radar targets, Proceedings of the IEEE 73(2), 205-227;
* log-normal levels and fluctuations: usual for both; a body of many scatterers (Swerling 1) has 5.6 dB, a wing-beat
  adds to it, a radar that smooths its echoes takes from it.

Everything else is an assumption, chosen broad, from open descriptions of the classes: small and one-way fixed-wing
drones cruise at 25-55 m/s at 100-1000 m, multirotors below 20 m/s and 120 m and may stand still, helicopters fly near
65 m/s below 600 m, aeroplanes above 50 m/s at any height; what is steered holds its speed and course, most birds
wander. OTHER is a wide net for what fits nothing.
"""

from typing import NamedTuple


class ClassDensities(NamedTuple):
    """One class; `spread` is 1 sigma of a natural logarithm.

    Attributes:
        prior_weight: how common it is, among the flown.
        speed_mps, speed_spread: typical ground speed in cruise; log-normal.
        hover_share: share of its time it stands still or nearly so.
        height_m, height_spread: typical height above the site; log-normal.
        climb_sigma_mps: of the climb rate; normal, mean 0.
        wobble_mps, wobble_spread: how much its speed varies within the memory; log-normal.
        course_sine, course_spread: how much its course varies, sine of the angle, within the memory; log-normal.
        straight_share: share of its bodies that hold a straight course all the same, as birds on their way do.
        echo_dbsm, echo_spread_db: mean level of its cross-section, and how bodies of the class differ; normal.
        flicker_db, flicker_spread: how much the level varies from look to look; log-normal.
    """

    prior_weight: float
    speed_mps: float
    speed_spread: float
    hover_share: float
    height_m: float
    height_spread: float
    climb_sigma_mps: float
    wobble_mps: float
    wobble_spread: float
    course_sine: float
    course_spread: float
    straight_share: float
    echo_dbsm: float
    echo_spread_db: float
    flicker_db: float
    flicker_spread: float


# fmt: off
DENSITIES = (
    #              prior  speed        hover  height         climb  wobble     course           echo         flicker
    ClassDensities(1.0, 200.0, 0.50, 0.001,  500.0, 1.5, 100.0, 20.0, 1.0, 0.10, 1.0, 0.0, -15.0,  6.0, 5.6, 0.5),
    ClassDensities(1.0,  42.0, 0.35, 0.001,  300.0, 1.0,   2.0,  1.0, 0.8, 0.15, 0.9, 0.0, -11.0,  5.0, 5.6, 0.5),
    ClassDensities(1.0,  11.0, 0.60, 0.200,  100.0, 1.0,   2.0,  1.2, 0.8, 0.20, 0.9, 0.0, -18.0,  4.0, 5.2, 0.5),
    ClassDensities(3.0,  13.0, 0.40, 0.010,  100.0, 1.0,   2.0,  1.8, 0.9, 0.50, 0.9, 0.3, -25.0,  6.0, 6.2, 0.5),
    ClassDensities(1.0, 110.0, 0.45, 0.001, 2500.0, 1.0,   7.0,  2.0, 0.9, 0.08, 1.0, 0.0,   8.0,  7.0, 5.6, 0.5),
    ClassDensities(1.0,  65.0, 0.25, 0.050,  200.0, 0.9,   3.0,  2.0, 0.9, 0.12, 1.0, 0.0,   5.0,  5.0, 5.6, 0.5),
    ClassDensities(1.0,  30.0, 1.50, 0.100,  300.0, 2.0,  10.0,  2.0, 1.5, 0.25, 1.5, 0.0, -12.0, 12.0, 5.6, 0.5),
)
# fmt: on
"""By `TargetClass`: thrown (not used: the tracker itself tells), fixed wing, rotary, bird, aeroplane, helicopter,
other."""

HOVER_SPEED_MPS, HOVER_SPREAD = 1.5, 0.6
"""Ground speed of what stands still, as a track shows it; log-normal."""
STRAIGHT_SINE, STRAIGHT_SPREAD = 0.10, 0.9
"""Variation of a straight course, as a track shows it; log-normal."""
ECHO_CALIBRATION_DB = 3.0
"""How far off a radar's cross-sections are taken to be, 1 sigma: calibration, aspect, and weak echoes being missed."""
ECHO_INTERVAL_S = 0.5
"""Echoes nearer together than this are not independent."""
