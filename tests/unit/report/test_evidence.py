"""Why a track is taken for what it is, in words and weights."""

import numpy as np
import pytest

from sangar.core.identities import Evidence, allocate_identities
from sangar.core.targets import TargetClass
from sangar.identification.kernels.class_evidence import settle, update_posterior
from sangar.identification.kernels.running_evidence import gather_echo
from sangar.identification.settings import IdentificationSettings
from sangar.report.evidence import reasons
from tests.unit.engagement.hand_made_world import make_world, put_track

SETTINGS = IdentificationSettings()


def belief_of(logit=-6.0, rcs_dbsm=-27.0):
    """What is believed of a body that has flown 14 m/s for a quarter of a minute."""
    world, belief = make_world(), allocate_identities(1)[0]
    for second in range(15):
        put_track(world, 0, [14.0 * second, 0.0, 60.0, 14.0, 0.0, 0.2], float(second), logit)
        gather_echo(belief, float(second), rcs_dbsm, SETTINGS.memory_s)
        update_posterior(belief, world.tracks.rows[0], np.inf if second == 0 else 1.0, SETTINGS.parameters())
    return belief


def test_the_weights_sum_to_the_log_odds():
    belief = belief_of()
    first, second = np.sort(belief["posterior"])[::-1][:2]
    found = sum(reason.weight_nats for reason in reasons(belief, SETTINGS))
    assert found == pytest.approx(np.log(first / second), abs=0.3)  # what weighs less than 0.05 is not told


def test_the_words_name_both_classes_and_the_numbers():
    told = "; ".join(reason.words for reason in reasons(belief_of(), SETTINGS))
    assert "the strength of its radar echo of -27 dBsm: +" in told
    assert "for bird over rotary drone" in told
    assert "its speed of 14 m/s" in told


def test_a_report_is_named_with_its_weight():
    belief = belief_of()
    belief["evidence"][Evidence.REPORT] = -6.0
    belief["evidence"][Evidence.REPORT, TargetClass.ROTARY_DRONE] = 0.0
    settle(belief["posterior"], belief["evidence"], -6.0, SETTINGS.parameters())
    first = reasons(belief, SETTINGS)[0]
    assert first.words.startswith("what sensors say it is: +4.8 for rotary drone over bird")
    assert first.weight_nats == pytest.approx(6.0 * SETTINGS.evidence_share)


def test_of_a_rocket_it_is_told_that_it_is_thrown():
    belief = belief_of(logit=9.0)
    first = reasons(belief, SETTINGS)[0]
    assert first.words.startswith("whether it is thrown or flies: +")
    assert "for rocket or mortar over" in first.words


def test_of_nothing_nothing_is_told():
    assert reasons(allocate_identities(1)[0], SETTINGS) == []
