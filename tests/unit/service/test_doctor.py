"""The doctor's findings."""

import json

import pytest

from sangar.service.doctor import examine, run_doctor


def test_a_sound_installation_gets_exit_code_zero_and_every_subject_once(tmp_path, capsys):
    assert run_doctor(tmp_path, json=True) == 0
    subjects = [finding["subject"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert {"sangar", "python", "numba", "compiled kernels", "output folder", "recorded data"} <= set(subjects)
    assert len(subjects) == len(set(subjects))


def test_an_output_folder_below_a_file_is_a_finding_with_a_mend(tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    assert run_doctor(tmp_path / "file" / "out", json=False) == 1
    assert "choose another with --out" in capsys.readouterr().out


def test_an_output_folder_that_does_not_exist_yet_is_well_and_is_not_made(tmp_path):
    (finding,) = [item for item in examine(tmp_path / "a" / "b") if item.subject == "output folder"]
    assert finding.mend == ""
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("present", [True, False])
def test_recorded_data_is_looked_for_where_the_environment_says(tmp_path, monkeypatch, present):
    folder = tmp_path if present else tmp_path / "absent"
    monkeypatch.setenv("SANGAR_DATA", str(folder))
    (finding,) = [item for item in examine(tmp_path) if item.subject == "recorded data"]
    assert (finding.found == str(tmp_path.resolve())) is present
