"""ASTERIX data blocks: category octet, two octets of length (itself included), records.

Source: EUROCONTROL-SPEC-0149 part 1, section 4.2 "Data Block".
"""

from typing import NamedTuple

HEADER_OCTETS = 3
SHORTEST_BLOCK = HEADER_OCTETS + 2  # a record has at least one octet of field specification and one of an item
CHAIN = 3  # so many headers in a row are no accident
FAMILIAR_CATEGORIES = (10, 34, 48, 62)


class Block(NamedTuple):
    """One data block.

    Attributes:
        category: 0 to 255.
        records: the octets after the header.
    """

    category: int
    records: bytes


class Framing(NamedTuple):
    """What the framing of a stream gave.

    Attributes:
        blocks: in the order of the stream.
        lost_octets: octets that belong to no block (damage, a cut at the end).
    """

    blocks: tuple[Block, ...]
    lost_octets: int


def split_blocks(data: bytes) -> Framing:
    """Cut concatenated data blocks apart, finding the next one again after damage.

    A block whose end leads to further blocks is taken. Otherwise either its own length is damaged or a block behind
    it is: when a chain of blocks begins inside it, its length was the liar and the octets up to the chain are lost.
    """
    blocks: list[Block] = []
    familiar = set(FAMILIAR_CATEGORIES)
    lost = at = 0
    while at < len(data):
        end = _end_of_block(data, at)
        if end is None or not _chain_from(data, end):
            found = _find_chain(data, at + 1, len(data) if end is None else end, familiar)
            if end is None or found < end:
                lost, at = lost + found - at, found
                continue
        else:
            familiar.add(data[at])
        blocks.append(Block(data[at], data[at + HEADER_OCTETS : end]))
        at = end
    return Framing(tuple(blocks), lost)


def _end_of_block(data: bytes, at: int) -> int | None:
    """Where the block that begins at `at` ends; None where its length cannot be true."""
    length = int.from_bytes(data[at + 1 : at + HEADER_OCTETS], "big")
    fits = length >= SHORTEST_BLOCK and at + length <= len(data) and data[at] != 0
    return at + length if fits else None


def _chain_from(data: bytes, at: int) -> bool:
    """Whether `CHAIN` blocks in a row, or blocks up to the very end, begin at `at`."""
    for _ in range(CHAIN):
        if at == len(data):
            return True
        end = _end_of_block(data, at)
        if end is None:
            return False
        at = end
    return True


def _find_chain(data: bytes, start: int, stop: int, familiar: set[int]) -> int:
    """First place from `start` on where a chain of blocks of familiar categories begins; `stop` when there is none."""
    for at in range(start, stop):
        if data[at] in familiar and _chain_from(data, at):
            return at
    return stop
