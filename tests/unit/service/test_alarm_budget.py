"""Choosing how sure of a bird a site must be: the cheapest setting within the budget, and plain words where none is."""

import msgspec
import pytest

from sangar.core.errors import ConfigurationError
from sangar.service.alarm_budget import AlarmBudgetRequest, Setting, choose, run_alarm_budget
from sangar.simulation.quiet_days import poisson_rate
from tests.small_fort import SITE

MONTH_S, DAY_S = 30.0 * 86_400.0, 86_400.0
REQUEST = AlarmBudgetRequest("tower_22", 1.0, 1.0, 1000.0, 360.0, 2, None, 1, True)


def setting(weight, warnings, calls, cost, not_clear_share=0.01):
    month, day = poisson_rate(warnings, MONTH_S, MONTH_S), poisson_rate(calls, DAY_S, DAY_S)
    return Setting(weight, month, day, not_clear_share, (1.0, 1.0), (80.0, 80.0), cost)


def test_the_cheapest_within_the_budget_is_chosen():
    settings = [
        setting(3.0, 50, 9, 10.0),
        setting(30.0, 1, 1, 60.0),
        setting(300.0, 0, 0, 40.0),
        setting(3e3, 0, 0, 70.0),
    ]
    assert choose(settings, REQUEST).bird_weight == 300.0


def test_where_none_keeps_the_budget_the_cheapest_is_chosen():
    settings = [setting(3.0, 50, 9, 100.0), setting(30.0, 2, 1, 60.0), setting(300.0, 1, 3, 80.0)]
    assert choose(settings, REQUEST).bird_weight == 30.0


def test_a_warning_that_stands_all_day_is_not_a_cheap_one():
    settings = [setting(3.0, 1, 1, 1.0, not_clear_share=0.9), setting(30.0, 5, 5, 60.0)]
    assert choose(settings, REQUEST).bird_weight == 30.0


@pytest.mark.parametrize(
    ("begins", "ends", "problem"),
    [("[[zone]]", "[perimeter]", "is missing"), ("[[sensor]]", "[[zone]]", "holds no radar")],
)
def test_a_site_of_which_nothing_can_be_said_is_refused(tmp_path, begins, ends, problem):
    path = tmp_path / "fort.site.toml"
    path.write_text(SITE[: SITE.index(begins)] + SITE[SITE.index(ends) :])
    with pytest.raises(ConfigurationError, match=problem):
        run_alarm_budget(REQUEST._replace(site=str(path)))


@pytest.mark.slow
def test_the_whole_command_answers_a_program(capsys):
    run_alarm_budget(REQUEST)
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert answer["chosen"] in [entry["bird_weight"] for entry in answer["settings"]]
    assert all(0.0 <= share <= 1.0 for entry in answer["settings"] for share in entry["drones_warned"])
