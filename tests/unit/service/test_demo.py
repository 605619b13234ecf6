"""A demonstration on a small scenario: what it leaves, what it refuses, what a replay makes of a changed record."""

import json
from pathlib import Path

import numpy as np
import pytest

from sangar.core.errors import ConfigurationError, PortError
from sangar.core.events import EVENT
from sangar.journal.entry import EntryKind
from sangar.journal.payloads import StepOutput, decode_payload, run_header
from sangar.journal.run import read_run
from sangar.journal.segments import read_entries
from sangar.journal.verify import Condition, verify_journal
from sangar.journal.writer import JournalWriter
from sangar.service.demo import DemoRequest, run_demo
from sangar.service.desk import StandingPolicyDesk
from sangar.service.exercise import Exercise
from sangar.service.pacing import UnpacedClock
from sangar.service.replay import compare, run_replay
from sangar.service.report import run_report
from sangar.service.rerun import parse_header
from sangar.service.verify import run_verify
from tests.small_fort import DRONE, SITE, write_scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    return write_scenario(tmp_path, 25.0, DRONE)


def test_channels_that_are_not_delivered_to_are_said_to_be_so(scenario, tmp_path, capsys):
    site = scenario.parent / "fort.site.toml"
    site.write_text(site.read_text() + '[[channel]]\nid = "sirens"\nkind = "console"\nmode = "exercise"\n')
    shown(scenario, tmp_path / "out")
    assert "channels are not delivered to yet" in capsys.readouterr().err


def shown(scenario: Path, out: Path, **options) -> int:
    return run_demo(DemoRequest(scenario=str(scenario), out=out, fast=True, **options))


def test_a_demonstration_leaves_a_journal_a_report_and_a_summary(scenario, tmp_path, capsys):
    assert shown(scenario, tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "EXERCISE ended" in said
    assert "One fixed-wing drone came" in said
    for name in ("raid.journal", "report.html", "summary.json"):
        assert (tmp_path / "out" / name).exists()
        assert name in said
    assert verify_journal(tmp_path / "out" / "raid.journal").condition == Condition.WHOLE


def test_a_program_gets_one_json_object_and_nothing_else(scenario, tmp_path, capsys):
    shown(scenario, tmp_path / "out", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["threats"] == 1
    assert answer["journal_head_sha256"] == verify_journal(tmp_path / "out" / "raid.journal").head_sha256


def test_a_demonstration_may_be_shown_again_in_the_same_folder(scenario, tmp_path):
    shown(scenario, tmp_path / "out", json=True)
    first = (tmp_path / "out" / "raid.journal" / "000000.seg").read_bytes()
    shown(scenario, tmp_path / "out", json=True)
    assert (tmp_path / "out" / "raid.journal" / "000000.seg").read_bytes() == first


def test_a_record_that_is_no_demonstrations_is_never_replaced(scenario, tmp_path):
    journal = tmp_path / "out" / "raid.journal"
    JournalWriter.create(journal, run_header(site=SITE, scenario="", seed=None, policy="", mode="live")).close()
    before = (journal / "000000.seg").read_bytes()
    with pytest.raises(ConfigurationError, match="no demonstration's"):
        shown(scenario, tmp_path / "out", json=True)
    assert (journal / "000000.seg").read_bytes() == before


@pytest.mark.parametrize("foreign", ["notes.txt", "raid.journal"])
def test_a_folder_with_something_else_in_the_journals_place_is_left_alone(scenario, tmp_path, foreign):
    journal = tmp_path / "out" / "raid.journal"
    journal.mkdir(parents=True)
    (journal / foreign).write_text("mine")
    with pytest.raises(ConfigurationError):
        shown(scenario, tmp_path / "out", json=True)
    assert (journal / foreign).read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(scenario, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="--out"):
        shown(scenario, tmp_path / "file" / "out")


class FullDisk:
    """A recorder whose disk fills at the n-th input."""

    def __init__(self, room: int) -> None:
        self.room, self.inputs, self.outputs = room, 0, 0

    def record_input(self, batch, actions) -> None:
        if self.inputs == self.room:
            raise PortError("the disk refused a journal entry: No space left on device")
        self.inputs += 1

    def record_output(self, events) -> None:
        self.outputs += 1


def test_when_the_record_cannot_be_kept_the_run_stops_before_anything_more_is_shown(scenario, tmp_path):
    shown(scenario, tmp_path / "out", json=True)
    site, parsed = parse_header(read_run(tmp_path / "out" / "raid.journal").header)
    recorder = FullDisk(room=7)
    exercise = Exercise(site, parsed, None, StandingPolicyDesk(1.0), recorder)
    steps = exercise.steps(UnpacedClock())
    seen = [next(steps) for _ in range(7)]
    with pytest.raises(PortError, match="No space left"):
        next(steps)
    assert (len(seen), recorder.inputs, recorder.outputs) == (7, 7, 7)


def changed_copy(journal: Path, copy: Path, step: int) -> None:
    """The journal written anew, sound in every hash, with one event of one step moved by a millisecond."""
    run = read_run(journal)
    writer, outputs = JournalWriter.create(copy, run.header), 0
    for placed in list(read_entries(journal))[1:-1]:
        payload = placed.entry.payload
        if placed.entry.kind == EntryKind.OUTPUT:
            if outputs == step:
                events = np.frombuffer(decode_payload(StepOutput, payload).events, EVENT).copy()
                events["due_s"][0] = events["time_s"][0] + 1e-3
                writer.append(StepOutput(events.tobytes()))
                outputs += 1
                continue
            outputs += 1
        writer.append_octets(EntryKind(placed.entry.kind), payload)
    writer.close()


def test_a_replay_names_the_first_difference(scenario, tmp_path, capsys):
    shown(scenario, tmp_path / "out", json=True)
    journal = tmp_path / "out" / "raid.journal"
    step = next(step.number for step in read_run(journal).steps if len(step.events))
    changed_copy(journal, tmp_path / "changed.journal", step)
    assert verify_journal(tmp_path / "changed.journal").condition == Condition.WHOLE
    found = compare(tmp_path / "changed.journal")
    assert (found.identical, found.step) == (False, step)
    assert "due_s was" in found.difference
    capsys.readouterr()
    assert run_replay(tmp_path / "changed.journal", json=False) == 1
    assert f"Different in step {step}" in capsys.readouterr().out
    assert run_replay(journal, json=False) == 0


def test_verify_says_what_is_wrong_and_where(scenario, tmp_path, capsys):
    shown(scenario, tmp_path / "out", json=True)
    segment = tmp_path / "out" / "raid.journal" / "000000.seg"
    assert run_verify(segment.parent, json=False) == 0
    octets = bytearray(segment.read_bytes())
    octets[len(octets) // 2] ^= 1
    segment.write_bytes(octets)
    capsys.readouterr()
    assert run_verify(segment.parent, json=False) == 1
    assert "Damaged: entry" in capsys.readouterr().out
    assert run_verify(segment.parent, json=True) == 1
    assert json.loads(capsys.readouterr().out)["segment"] == "000000.seg"


def test_a_report_of_a_damaged_journal_is_refused(scenario, tmp_path):
    shown(scenario, tmp_path / "out", json=True)
    segment = tmp_path / "out" / "raid.journal" / "000000.seg"
    octets = bytearray(segment.read_bytes())
    octets[len(octets) // 2] ^= 1
    segment.write_bytes(octets)
    with pytest.raises(PortError, match=r"entry \d+"):
        run_report(segment.parent, tmp_path / "report.html")


def test_a_report_can_be_made_of_a_run_that_broke_off(scenario, tmp_path):
    shown(scenario, tmp_path / "out", json=True)
    segment = tmp_path / "out" / "raid.journal" / "000000.seg"
    octets = segment.read_bytes()
    segment.write_bytes(octets[: len(octets) // 2])
    assert run_report(segment.parent, tmp_path / "half.html") == 0
    assert "No truth of threats" in (tmp_path / "half.html").read_text()


def test_a_report_that_cannot_be_written_is_named(scenario, tmp_path):
    shown(scenario, tmp_path / "out", json=True)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        run_report(tmp_path / "out" / "raid.journal", tmp_path / "out")
