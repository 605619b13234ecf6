"""The step says the same in another process, and interpreted."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from sangar.core.events import EVENT
from tests.unit.pipeline.raid_by_hand import events_of

ROOT = Path(__file__).resolve().parents[3]
SHORT = 24


def elsewhere(program: list[str], **environment: str) -> str:
    """Standard output of another interpreter."""
    given = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]), **environment}
    done = subprocess.run([sys.executable, *program], check=False, capture_output=True, text=True, env=given, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_process_says_the_same_octets():
    assert elsewhere(["-m", "tests.unit.pipeline.raid_by_hand", str(SHORT)]).strip() == events_of(SHORT).hex()


def test_interpreted_the_step_says_the_same():
    """Whole numbers the same; floating-point numbers to 1e-9, for compiled sums may differ in their last bit."""
    text = elsewhere(["-m", "tests.unit.pipeline.raid_by_hand", str(SHORT)], NUMBA_DISABLE_JIT="1")
    interpreted, compiled = (np.frombuffer(octets, EVENT) for octets in (bytes.fromhex(text), events_of(SHORT)))
    assert len(interpreted) == len(compiled) > 5
    for name in EVENT.names or ():
        if EVENT[name] == np.int64:
            np.testing.assert_array_equal(interpreted[name], compiled[name], err_msg=name)
        else:
            np.testing.assert_allclose(interpreted[name], compiled[name], rtol=1e-9, atol=1e-9, err_msg=name)
