"""The tutorial's code runs as it stands on the page and prints what the page says."""

import re

import pytest

from docs.tutorial_code import SWARM_TUTORIAL, Block, blocks, run

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def same_words_and_near_numbers(printed, promised):
    """Whether two texts agree in their words, and in their numbers to 5 % or the last digit shown."""
    if NUMBER.sub("#", printed).split() != NUMBER.sub("#", promised).split():
        return False
    pairs = zip(NUMBER.findall(printed), NUMBER.findall(promised), strict=True)
    return all(abs(float(one) - float(other)) <= max(0.05 * abs(float(other)), 0.101) for one, other in pairs)


@pytest.fixture(scope="module")
def tutorial() -> list[tuple[Block, str]]:
    return list(zip(blocks(SWARM_TUTORIAL), run(SWARM_TUTORIAL).printed, strict=True))


def test_every_block_prints_what_the_page_says(tutorial):
    assert sum(block.promised is not None for block, _ in tutorial) >= 7
    for block, printed in tutorial:
        assert same_words_and_near_numbers(printed, block.promised or ""), (
            f"line {block.line} prints\n{printed}\ninstead of\n{block.promised}\n(python -m docs.tutorial_code)"
        )


def test_the_comparison_sees_other_words_and_other_numbers():
    assert same_words_and_near_numbers("error  8.9 m", "error 9.1 m")
    assert not same_words_and_near_numbers("error 8.9 m", "error 10.2 m")
    assert not same_words_and_near_numbers("1 confirmed", "2 confirmed")
    assert not same_words_and_near_numbers("error 8.9 m", "sigma 8.9 m")
