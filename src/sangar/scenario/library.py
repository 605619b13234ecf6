"""The scenarios that come with Sangar, and finding one by name or path."""

from pathlib import Path
from typing import NamedTuple

from sangar.core.errors import ConfigurationError
from sangar.scenario.scenario import load_scenario

SHIPPED_FOLDER = Path(__file__).parent / "data"
SITE_SUFFIX = ".site.toml"


class ScenarioFiles(NamedTuple):
    """A scenario file and the site file it was written for."""

    scenario: Path
    site: Path


def shipped_scenarios() -> list[str]:
    """Names of the scenarios that come with Sangar, in alphabetical (and so in time) order of each place."""
    files = sorted(SHIPPED_FOLDER.glob("*.toml"))
    return [path.stem for path in files if not path.name.endswith(SITE_SUFFIX)]


def find_site(name_or_path: str | Path) -> Path:
    """The file of a site that comes with Sangar (by name) or of the user's own (by path).

    Raises:
        ConfigurationError: there is no such site.
    """
    shipped = SHIPPED_FOLDER / f"{name_or_path}{SITE_SUFFIX}"
    path = shipped if shipped.is_file() else Path(name_or_path)
    if not path.is_file():
        names = sorted(file.name.removesuffix(SITE_SUFFIX) for file in SHIPPED_FOLDER.glob(f"*{SITE_SUFFIX}"))
        mend = f"give the path of a site file or one of: {', '.join(names)}"
        raise ConfigurationError(str(name_or_path), "", "there is no such site", mend)
    return path


def find_scenario(name_or_path: str | Path) -> ScenarioFiles:
    """The files of a shipped scenario (by name) or of the user's own (by path), with the site it names.

    Raises:
        ConfigurationError: there is no such scenario, or it names no site that exists.
    """
    name = str(name_or_path)
    scenario = SHIPPED_FOLDER / f"{name}.toml" if name in shipped_scenarios() else Path(name_or_path)
    if not scenario.exists():
        mend = f"give the path of a scenario file or one of: {', '.join(shipped_scenarios())}"
        raise ConfigurationError(name, "", "there is no such scenario", mend)
    site_name = load_scenario(scenario).site
    if site_name is None:
        mend = 'add the path of its site file (site = "my.site.toml"), relative to this file'
        raise ConfigurationError(str(scenario), "site", "is missing", mend)
    site = scenario.parent / site_name
    if not site.is_file():
        raise ConfigurationError(str(scenario), "site", f"{site_name!r} is no file beside it", "correct the path")
    return ScenarioFiles(scenario, site)
