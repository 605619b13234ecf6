"""Clocks of a demonstration."""

from sangar.service.pacing import ScaledClock, UnpacedClock


def test_an_unpaced_clock_is_always_where_it_is_wanted_and_never_goes_back():
    clock = UnpacedClock()
    clock.wait_until(1e6)
    assert clock.now_s() == 1e6
    clock.wait_until(5.0)
    assert clock.now_s() == 1e6


def test_a_scaled_clock_has_reached_what_it_waited_for():
    clock = ScaledClock(1000.0)
    clock.wait_until(20.0)
    assert clock.now_s() >= 20.0
    clock.wait_until(1.0)
