"""What a newcomer meets: every algorithm's page is in the index, states its limits, and loads quickly."""

from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"
EXPLANATIONS = sorted(page for page in (DOCS / "explanation").glob("*.md") if page.stem != "index")
ALGORITHMS = (
    "tracking",
    "track-life",
    "joint-association",
    "re-acquisition",
    "late-reports",
    "bearings",
    "multilateration",
    "registration",
    "camera-registration",
    "clocks",
    "fusing-tracks",
)
LARGEST_PICTURE_BYTES = 150_000


def test_the_index_names_every_page_once():
    lines = (DOCS / "explanation" / "index.md").read_text(encoding="utf-8").splitlines()
    assert sorted(line for line in lines if (DOCS / "explanation" / f"{line}.md").is_file()) == [
        page.stem for page in EXPLANATIONS
    ]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_has_its_limits_and_sources(name):
    text = (DOCS / "explanation" / f"{name}.md").read_text(encoding="utf-8")
    assert "\n## Limits\n" in text
    assert "Source" in text


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in (DOCS / "pictures").glob("*.svg")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LARGEST_PICTURE_BYTES} == {}
