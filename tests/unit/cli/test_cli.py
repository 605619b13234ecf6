"""The command line: help, exit codes, one sentence per error."""

import subprocess
import sys

import msgspec
import pytest

from sangar import __version__, cli
from sangar.core.errors import ConfigurationError

COMMANDS = [
    ["demo"],
    ["track"],
    ["convert", "asterix"],
    ["convert", "adsb"],
    ["convert", "remote-id"],
    ["replay"],
    ["report"],
    ["verify"],
    ["clear-sky"],
    ["alarm-budget"],
    ["bench", "tracking"],
    ["warmup"],
    ["doctor"],
]


@pytest.fixture
def sangar(monkeypatch, capsys):
    """Run the command line in this process; gives exit code, output and error output."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sangar", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(sangar, command):
    code, out, _ = sangar(*command, "--help")
    assert code == 0
    assert f"Example: sangar {' '.join(command)}" in " ".join(out.split())


def test_the_version_is_the_package_version(sangar):
    assert sangar("--version") == (0, f"sangar {__version__}\n", "")


def test_a_mistyped_option_ends_with_exit_code_two_and_the_right_spelling(sangar):
    code, _, err = sangar("demo", "--fasst")
    assert code == 2
    assert "--fast" in err


def test_a_missing_argument_ends_with_exit_code_two_and_its_name(sangar):
    code, _, err = sangar("verify")
    assert code == 2
    assert "journal" in err


def test_a_configuration_error_is_one_sentence_with_exit_code_two(sangar):
    code, out, err = sangar("bench", "tracking", "scene.npz")
    assert (code, out) == (2, "")
    assert err == "sangar: the command line: scene.npz stands alone; put --scenes before it\n"


def test_an_error_text_cannot_steer_the_terminal(sangar, monkeypatch):
    def fail(**_: object) -> None:
        raise ConfigurationError("evil\x1b[2J.toml", "", "bad\nname", "mend it")

    monkeypatch.setattr(cli, "app", fail)
    _, _, err = sangar()
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_the_command_line_answers_without_loading_anything_heavy():
    heavy = {"numba", "numpy", "scipy", "polars", "matplotlib", "msgspec", "pyproj", "shapely", "rich"}
    program = "import sys, sangar.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not heavy & set(loaded)


def test_the_module_and_the_script_are_the_same_command():
    ran = subprocess.run([sys.executable, "-m", "sangar", "--version"], check=True, capture_output=True, text=True)
    assert ran.stdout == f"sangar {__version__}\n"


def test_a_sky_that_nobody_watches_is_not_called_clear(sangar):
    code, out, _ = sangar("clear-sky", "ain_al_asad")
    assert code == 0
    assert "NOT ASSURED" not in out
    code, out, _ = sangar("clear-sky", "ain_al_asad", "--silent", "radar-north", "--silent", "radar-south", "--json")
    assert code == 1
    zones = msgspec.json.decode(out)
    assert len(zones) == 4
    assert not any(zone["is_assured"] for zone in zones)
    assert all(zone["missed_share"] > 0.5 for zone in zones)


def test_a_silent_sensor_that_is_none_is_refused_and_the_sensors_are_named(sangar):
    code, _, err = sangar("clear-sky", "ain_al_asad", "--silent", "radar-moon")
    assert code == 2
    assert "'radar-moon' is no sensor of the site; name one of: radar-north" in err
    assert sangar("clear-sky", "nowhere")[0] == 2
