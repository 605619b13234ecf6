"""Real mortar shots: how early the impact is predicted, and that no track outlives its shell."""

import math

import pytest

from benchmarks.mortar_radar import (
    FOLDER,
    GOAL_EARLY,
    GOAL_HELD,
    GOAL_LIFE_PAST_IMPACT_S,
    GOALS_M,
    held_share,
    median_error_m,
    run_mortar_radar,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shots(request, tmp_path_factory):
    data = request.getfixturevalue("recorded")(FOLDER).parent
    return run_mortar_radar(data, tmp_path_factory.mktemp("mortar"))


def test_every_shot_is_tracked_and_one_is_not_counted(shots):
    assert len(shots) == 8
    assert [shot.name for shot in shots if not shot.counted] == ["120mm2"]
    assert all(shot.confirmed_tracks >= 1 for shot in shots)


@pytest.mark.parametrize("horizon_s", GOALS_M)
def test_the_impact_is_predicted_within_the_goal(shots, horizon_s):
    assert median_error_m(shots, horizon_s) <= GOALS_M[horizon_s]


def test_the_first_seconds_do_not_make_it_worse(shots):
    early_m = [median_error_m(shots, horizon_s) for horizon_s in (3.0, 4.0, 5.0)]
    assert max(early_m) <= GOAL_EARLY * median_error_m(shots, 2.0)


def test_the_ellipse_holds_the_impact_as_often_as_it_says(shots):
    assert GOAL_HELD[0] <= held_share(shots)[0]


def test_more_data_make_the_prediction_better(shots):
    assert median_error_m(shots, 20.0) <= median_error_m(shots, 12.0) <= median_error_m(shots, 5.0)


def test_the_time_of_impact_is_predicted_too(shots):
    late = [shot for shot in shots if not math.isnan(shot.predicted_impact_s)]
    assert len(late) == len(shots)
    assert all(abs(shot.predicted_impact_s - shot.impact_s) < 1.0 for shot in late)


def test_no_confirmed_track_outlives_the_impact_by_more_than_the_goal(shots):
    assert max(shot.life_past_impact_s for shot in shots) <= GOAL_LIFE_PAST_IMPACT_S
