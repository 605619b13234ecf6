"""Writing, reading, verifying and recovering journals; an independent reader written from the format's description."""

import hashlib
import json
import struct
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangar.core.actions import ACTION, NO_ACTIONS
from sangar.core.detections import DETECTION
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.events import EVENT
from sangar.journal.disk import OperatingSystemDisk
from sangar.journal.payloads import StepInput, StepOutput, Truth, run_header
from sangar.journal.recorder import JournalRecorder
from sangar.journal.run import read_run
from sangar.journal.verify import Condition, verify_journal
from sangar.journal.writer import JournalWriter
from sangar.pipeline.ports import Batch

HEADER = run_header(site="[site]\n", scenario="name = 'x'\n", seed=7, policy="all proposals after 2 s")


def write_journal(folder: Path, steps: int = 6, *, closed: bool = True, limit: int = 10**9) -> str:
    writer = JournalWriter.create(folder, HEADER, segment_limit_octets=limit)
    recorder = JournalRecorder(writer)
    for number in range(steps):
        detections = np.zeros(number % 3, DETECTION)
        detections["time_s"] = number
        events = np.zeros(number % 2, EVENT)
        events["time_s"] = number + 0.125
        recorder.record_input(Batch(float(number), number % 2, detections), NO_ACTIONS)
        recorder.record_output(events)
    if closed:
        return recorder.finish([Truth([])], b'{"threats":0}')
    writer.abandon()
    return writer.head.hex()


def entries_of(folder: Path) -> list[tuple[str, int, int]]:
    """(segment, first octet, last octet + 1) of every entry: the format as its description says, nothing imported."""
    found, link = [], bytes(32)
    for path in sorted(folder.glob("*.seg")):
        data, offset = path.read_bytes(), 0
        while offset < len(data):
            magic, length, checksum, _kind, layout, claimed = struct.unpack_from("<4sIIHH32s", data, offset)
            end = offset + 48 + length
            covered = data[offset : offset + 8] + data[offset + 12 : end]
            assert (magic, layout, claimed) == (b"SGJE", 1, link)
            assert checksum == zlib.crc32(covered)
            link = hashlib.sha256(data[offset:end]).digest()
            found.append((path.name, offset, end))
            offset = end
    return found


def test_what_was_recorded_is_read_back_to_the_bit(tmp_path):
    head = write_journal(tmp_path / "a.journal", steps=5)
    run = read_run(tmp_path / "a.journal")
    assert run.header == HEADER
    assert run.verdict.head_sha256 == head
    assert run.verdict.condition == Condition.WHOLE
    assert [step.time_s for step in run.steps] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [step.sensor for step in run.steps] == [0, 1, 0, 1, 0]
    assert [len(step.detections) for step in run.steps] == [0, 1, 2, 0, 1]
    assert run.steps[2].detections["time_s"].tolist() == [2.0, 2.0]
    assert run.all_events()["time_s"].tolist() == [1.125, 3.125]
    assert json.loads(run.summary) == {"threats": 0}


def test_the_same_run_makes_the_same_journal(tmp_path):
    assert write_journal(tmp_path / "a.journal") == write_journal(tmp_path / "b.journal")
    first, second = ((tmp_path / name / "000000.seg").read_bytes() for name in ("a.journal", "b.journal"))
    assert first == second


def test_a_reader_written_from_the_description_finds_every_entry(tmp_path):
    write_journal(tmp_path / "a.journal", steps=5)
    assert len(entries_of(tmp_path / "a.journal")) == 1 + 2 * 5 + 3


def test_the_header_explains_the_file_to_someone_without_sangar(tmp_path):
    write_journal(tmp_path / "a.journal", steps=2)
    segment, begin, end = entries_of(tmp_path / "a.journal")[0]
    header = json.loads((tmp_path / "a.journal" / segment).read_bytes()[begin + 48 : end])
    assert header["seed"] == 7
    assert header["site"] == "[site]\n"
    for name, record in {"DETECTION": DETECTION, "ACTION": ACTION, "EVENT": EVENT}.items():
        columns = [(c[0], c[1]) if len(c) == 2 else (c[0], c[1], tuple(c[2])) for c in header["record_layouts"][name]]
        assert np.dtype(columns) == record


def test_a_full_segment_is_followed_by_the_next_and_no_entry_is_split(tmp_path):
    write_journal(tmp_path / "a.journal", steps=40, limit=1500)
    entries = entries_of(tmp_path / "a.journal")
    assert len({segment for segment, _, _ in entries}) > 3
    assert len(read_run(tmp_path / "a.journal").steps) == 40


def test_a_journal_folder_is_never_overwritten(tmp_path):
    write_journal(tmp_path / "a.journal")
    with pytest.raises(ConfigurationError, match="holds something already"):
        JournalWriter.create(tmp_path / "a.journal", HEADER)


def test_two_writers_cannot_write_one_journal(tmp_path):
    writer = JournalWriter.create(tmp_path / "a.journal", HEADER)
    with pytest.raises(PortError, match="another process"):
        JournalWriter.resume(tmp_path / "a.journal")
    writer.abandon()
    resumed, notice = JournalWriter.resume(tmp_path / "a.journal")
    assert notice.cut_octets == 0
    resumed.close()


def test_a_closed_journal_is_final(tmp_path):
    write_journal(tmp_path / "a.journal")
    with pytest.raises(ConfigurationError, match="closed journal is final"):
        JournalWriter.resume(tmp_path / "a.journal")


def test_a_journal_never_closed_is_open_not_whole(tmp_path):
    write_journal(tmp_path / "a.journal", closed=False)
    verdict = verify_journal(tmp_path / "a.journal")
    assert verdict.condition == Condition.OPEN
    assert "cut off its end" in verdict.reason


@pytest.mark.parametrize("name", ["absent", "file", "empty"])
def test_what_is_no_journal_is_said_so_in_one_sentence(tmp_path, name):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=r"\*\.journal folder"):
        verify_journal(tmp_path / name)


def test_a_missing_segment_is_named(tmp_path):
    write_journal(tmp_path / "a.journal", steps=40, limit=1500)
    (tmp_path / "a.journal" / "000002.seg").unlink()
    verdict = verify_journal(tmp_path / "a.journal")
    assert (verdict.condition, verdict.segment) == (Condition.DAMAGED, "000002.seg")
    with pytest.raises(PortError, match="segment is missing"):
        read_run(tmp_path / "a.journal")


def test_an_unanswered_input_at_the_end_is_left_out_of_the_steps(tmp_path):
    writer = JournalWriter.create(tmp_path / "a.journal", HEADER)
    writer.append(StepInput(1.0, 0, b"", b""))
    writer.append(StepOutput(b""))
    writer.append(StepInput(2.0, 0, b"", b""))
    writer.commit()
    writer.abandon()
    assert [step.time_s for step in read_run(tmp_path / "a.journal").steps] == [1.0]


def test_an_output_nobody_asked_for_is_refused(tmp_path):
    writer = JournalWriter.create(tmp_path / "a.journal", HEADER)
    writer.append(StepOutput(b""))
    writer.commit()
    writer.abandon()
    with pytest.raises(PortError, match="without the input"):
        read_run(tmp_path / "a.journal")


def test_records_of_another_layout_are_refused_by_name(tmp_path):
    layouts = {**HEADER.record_layouts}
    layouts["EVENT"] = [["kind", "<i4"]]
    other = type(HEADER)(site="", record_layouts=layouts)
    JournalWriter.create(tmp_path / "a.journal", other).close()
    with pytest.raises(PortError, match="EVENT records"):
        read_run(tmp_path / "a.journal")


@pytest.fixture(scope="module")
def whole_journal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tamper") / "a.journal"
    write_journal(folder, steps=8)
    return (folder / "000000.seg").read_bytes(), [begin for _, begin, _ in entries_of(folder)]


def damaged_copy(folder: Path, octets: bytes) -> Path:
    copy = folder / "copy.journal"
    copy.mkdir(exist_ok=True)
    (copy / "000000.seg").write_bytes(octets)
    return copy


tampering = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@tampering
@given(data=st.data())
def test_changing_any_octet_is_named_at_its_entry(tmp_path, whole_journal, data):
    octets, begins = whole_journal
    place = data.draw(st.integers(0, len(octets) - 1))
    change = data.draw(st.integers(1, 255))
    changed = octets[:place] + bytes([octets[place] ^ change]) + octets[place + 1 :]
    verdict = verify_journal(damaged_copy(tmp_path, changed))
    entry = max(number for number, begin in enumerate(begins) if begin <= place)
    assert verdict.condition in {Condition.DAMAGED, Condition.TORN}
    assert (verdict.entry, verdict.offset, verdict.segment) == (entry, begins[entry], "000000.seg")


@tampering
@given(data=st.data())
def test_deleting_any_octets_inside_is_named(tmp_path, whole_journal, data):
    octets, begins = whole_journal
    first = data.draw(st.integers(0, len(octets) - 2))
    last = data.draw(st.integers(first + 1, len(octets) - 1))
    left = octets[:first] + octets[last:]
    verdict = verify_journal(damaged_copy(tmp_path, left))
    # one zero of many is as good as another: what is left first differs where the octets do
    place = next((at for at, (was, now) in enumerate(zip(octets, left, strict=False)) if was != now), len(left))
    entry = max(number for number, begin in enumerate(begins) if begin <= place)
    assert verdict.condition in {Condition.DAMAGED, Condition.TORN}
    assert verdict.entry == entry


@tampering
@given(data=st.data())
def test_inserting_any_octets_is_named(tmp_path, whole_journal, data):
    octets, begins = whole_journal
    place = data.draw(st.integers(0, len(octets)))
    inserted = data.draw(st.binary(min_size=1, max_size=60))
    changed = octets[:place] + inserted + octets[place:]
    verdict = verify_journal(damaged_copy(tmp_path, changed))
    first_difference = next(i for i, octet in enumerate(changed) if i >= len(octets) or octet != octets[i])
    ends = [*begins[1:], len(octets)]
    entry = sum(1 for end in ends if end <= first_difference)
    assert verdict.condition in {Condition.DAMAGED, Condition.TORN}
    assert verdict.entry == entry


@pytest.mark.parametrize("first", range(18))
def test_swapping_two_entries_is_named_at_the_first(tmp_path, whole_journal, first):
    octets, begins = whole_journal
    parts = [octets[a:b] for a, b in pairwise([*begins, len(octets)])]
    assert len(parts) == 1 + 16 + 3
    parts[first], parts[first + 1] = parts[first + 1], parts[first]
    verdict = verify_journal(damaged_copy(tmp_path, b"".join(parts)))
    assert (verdict.condition, verdict.entry) == (Condition.DAMAGED, first)


@pytest.mark.parametrize("entry", range(19))
def test_an_entry_rewritten_with_a_right_checksum_breaks_the_chain_behind_it(tmp_path, whole_journal, entry):
    octets, begins = whole_journal
    begin, end = begins[entry], begins[entry + 1]
    head = bytearray(octets[begin:end])
    head[-1] ^= 1
    struct.pack_into("<I", head, 8, zlib.crc32(bytes(head[:8] + head[12:])))
    verdict = verify_journal(damaged_copy(tmp_path, octets[:begin] + bytes(head) + octets[end:]))
    assert (verdict.condition, verdict.entry) == (Condition.DAMAGED, entry + 1)
    assert "chain" in verdict.reason


@tampering
@given(data=st.data())
def test_cutting_the_end_off_a_closed_journal_never_leaves_it_whole(tmp_path, whole_journal, data):
    octets, _ = whole_journal
    kept = data.draw(st.integers(0, len(octets) - 1))
    verdict = verify_journal(damaged_copy(tmp_path, octets[:kept]))
    assert verdict.condition in {Condition.OPEN, Condition.TORN}


@tampering
@given(octets=st.binary(max_size=400))
def test_random_octets_are_never_a_whole_journal_and_never_crash(tmp_path, octets):
    assert verify_journal(damaged_copy(tmp_path, octets)).condition != Condition.WHOLE


class CountingDisk(OperatingSystemDisk):
    """The real disk, counting how often it was made to be sure."""

    def __init__(self) -> None:
        self.syncs = 0

    def sync(self, descriptor: int) -> None:
        self.syncs += 1
        super().sync(descriptor)


@pytest.mark.parametrize(("group_steps", "steps", "syncs"), [(1, 4, 4 + 2), (4, 4, 1), (3, 7, 2)])
def test_steps_are_made_durable_in_the_stated_groups_and_events_at_once(tmp_path, group_steps, steps, syncs):
    disk = CountingDisk()
    recorder = JournalRecorder(JournalWriter.create(tmp_path / "a.journal", HEADER, disk), group_steps)
    disk.syncs = 0
    for number in range(steps):
        recorder.record_input(Batch(float(number), 0, np.zeros(0, DETECTION)), NO_ACTIONS)
        recorder.record_output(np.zeros(number % 2, EVENT))
    assert disk.syncs == syncs
    recorder.finish([], b"{}")
    assert len(read_run(tmp_path / "a.journal").steps) == steps
