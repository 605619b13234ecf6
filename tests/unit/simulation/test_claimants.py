"""Who speaks in a scenario, to whom, when, and how far from the truth."""

import msgspec
import numpy as np
import pytest

from sangar.core.claims import ClaimedCategory
from sangar.core.errors import ConfigurationError
from sangar.scenario.library import find_site
from sangar.scenario.scenario import Scenario, check_scenario
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import load_site
from sangar.scenario.toml_file import parse_settings
from sangar.simulation.claimants import Claimants, speakers_of
from sangar.simulation.raid import Raid
from sangar.simulation.tables import BODY

SCENARIO = """
name = "Two that fly"
duration_s = 60.0
[[threat]]
id = "drone-1"
kind = "fixed_wing_drone"
speed_mps = 45.0
route_m = [[0.0, 4000.0, 300.0], [0.0, 0.0, 60.0]]
[[traffic]]
id = "helicopter-1"
kind = "helicopter"
speed_mps = 50.0
start_s = 20.0
route_m = [[4000.0, 0.0, 300.0], [0.0, 4000.0, 300.0]]
"""
TRUE = '[[claimant]]\nsensor = "registry"\nbody = "helicopter-1"\ncategory = "rotorcraft"\nnumber = 12\n'
LIE = '[[claimant]]\nsensor = "adsb"\nbody = "drone-1"\noffset_m = [900.0, 0.0, -50.0]\nfrom_s = 10.0\nto_s = 30.0\n'


def site():
    receivers = (
        Sensor(id="registry", kind="own_flight", east_m=0.0, north_m=0.0, up_m=5.0),
        Sensor(id="adsb", kind="ads_b", east_m=0.0, north_m=0.0, up_m=5.0),
    )
    tower = load_site(find_site("tower_22"))
    return msgspec.structs.replace(tower, sensors=tower.sensors + receivers)


def scenario(*claimants):
    return parse_settings(SCENARIO + "".join(claimants), Scenario, "s")


def test_each_speaks_to_its_sensor_of_its_body_under_its_number():
    speakers = speakers_of(scenario(TRUE, LIE), site())
    assert speakers["body"].tolist() == [1, 0]
    assert speakers["sensor"].tolist() == [2, 3]
    assert speakers["number"].tolist() == [12, 2]
    assert speakers["category"].tolist() == [ClaimedCategory.ROTORCRAFT, ClaimedCategory.NOT_TOLD]
    assert speakers["to_s"].tolist() == [np.inf, 30.0]


def test_what_is_told_is_the_body_and_the_lie_and_errors_of_the_stated_size():
    one, flying = site(), np.zeros(2, BODY)
    flying["is_present"], flying["position_m"][0], flying["velocity_mps"][0] = (
        1,
        [0.0, 2000.0, 200.0],
        [0.0, -45.0, 0.0],
    )
    claimants = Claimants(one, speakers_of(scenario(LIE), one), 1)
    told = np.concatenate([claimants.heard(10.0 + 0.01 * k, 3, flying) for k in range(400)])
    sigma = np.array(one.sensors[3].report_sigma)
    off = (told["mean"] - [900.0, 2000.0, 150.0, 0.0, -45.0, 0.0]) / sigma
    assert np.abs(off.mean(axis=0)).max() < 4.0 / np.sqrt(len(off))
    assert 0.9 < off.std() < 1.1
    assert told["row"].tolist() == list(range(400))


def test_nobody_speaks_to_another_sensor_out_of_time_or_without_a_body():
    one, flying = site(), np.zeros(2, BODY)
    claimants = Claimants(one, speakers_of(scenario(TRUE, LIE), one), 1)
    assert not len(claimants.heard(20.0, 3, flying))
    flying["is_present"] = 1
    assert claimants.heard(20.0, 3, flying)["number"].tolist() == [2]
    assert claimants.heard(20.0, 2, flying)["number"].tolist() == [12]
    assert not len(claimants.heard(9.9, 3, flying))
    assert not len(claimants.heard(30.0, 3, flying))


def test_claims_change_nothing_that_the_radars_see():
    def seen(*claimants):
        batches = Raid(site(), scenario(*claimants), None).batches()
        return np.concatenate([batch.detections for batch in batches if batch.sensor in (0, 1)])

    assert seen(TRUE, LIE).tobytes() == seen().tobytes()


def test_a_raid_lets_them_speak_while_they_fly():
    said = [
        (batch.time_s, batch.reports["number"].tolist())
        for batch in Raid(site(), scenario(TRUE), None).batches()
        if batch.sensor == 2
    ]
    assert {tuple(numbers) for time_s, numbers in said if time_s < 20.0} == {()}
    assert {tuple(numbers) for time_s, numbers in said if time_s > 20.5} == {(12,)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            TRUE.replace("helicopter-1", "nobody"),
            r"claimant\[0\].body: 'nobody' is no threat .*: drone-1, helicopter-1",
        ),
        (TRUE.replace("registry", "radar-east"), r"claimant\[0\].sensor: 'radar-east' is no sensor .*: registry, adsb"),
        (LIE.replace("30.0", "10.0"), "from_s.* is not before to_s"),
        (TRUE.replace("rotorcraft", "saucer"), "category"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        check_scenario(scenario(text), site(), "s")
