from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.asterix.blocks import Block, split_blocks
from tests.unit.adapters.asterix_samples import PLOT_RECORD, block

PLOTS = [block(48, PLOT_RECORD[:-1] + bytes([number])) for number in range(8)]


def test_concatenated_blocks_come_apart_in_order():
    framing = split_blocks(block(34, b"abc") + block(48, b"defg") + block(62, b"hi"))
    assert framing.blocks == (Block(34, b"abc"), Block(48, b"defg"), Block(62, b"hi"))
    assert framing.lost_octets == 0


def test_nothing_gives_nothing():
    assert split_blocks(b"") == ((), 0)


def test_a_file_cut_off_in_its_last_block_keeps_all_blocks_before():
    data = b"".join(PLOTS)
    framing = split_blocks(data[:-5])
    assert [b"\x30" + (len(b.records) + 3).to_bytes(2, "big") + b.records for b in framing.blocks] == PLOTS[:-1]
    assert framing.lost_octets == len(PLOTS[-1]) - 5


def test_a_block_whose_length_is_too_long_costs_only_itself():
    damaged = bytearray(PLOTS[3])
    damaged[1:3] = (60_000).to_bytes(2, "big")
    framing = split_blocks(b"".join(PLOTS[:3]) + bytes(damaged) + b"".join(PLOTS[4:]))
    assert len(framing.blocks) == len(PLOTS) - 1
    assert framing.lost_octets == len(damaged)


def test_a_length_that_swallows_the_next_blocks_costs_only_its_own_block():
    damaged = bytearray(PLOTS[3])
    damaged[1:3] = (2 * len(PLOTS[3]) + 7).to_bytes(2, "big")
    framing = split_blocks(b"".join(PLOTS[:3]) + bytes(damaged) + b"".join(PLOTS[4:]))
    assert len(framing.blocks) == len(PLOTS) - 1
    assert framing.lost_octets == len(damaged)


def test_a_length_of_zero_does_not_stop_the_reading():
    damaged = bytes([48, 0, 0]) + PLOTS[3][3:]
    framing = split_blocks(b"".join(PLOTS[:3]) + damaged + b"".join(PLOTS[4:]))
    assert len(framing.blocks) == len(PLOTS) - 1


def test_dirt_between_blocks_is_passed_over():
    framing = split_blocks(b"".join(PLOTS[:4]) + b"\x00\xff\x00\x01\x02" + b"".join(PLOTS[4:]))
    assert len(framing.blocks) == len(PLOTS)
    assert framing.lost_octets == 5


@given(st.lists(st.tuples(st.integers(1, 255), st.binary(min_size=2, max_size=40)), max_size=20))
def test_whatever_blocks_are_joined_come_apart_again(pieces):
    data = b"".join(block(category, body) for category, body in pieces)
    assert split_blocks(data) == (tuple(Block(category, body) for category, body in pieces), 0)


@given(st.binary(max_size=4000))
def test_every_octet_of_noise_is_either_in_a_block_or_counted_as_lost(noise):
    framing = split_blocks(noise)
    assert sum(len(each.records) + 3 for each in framing.blocks) + framing.lost_octets == len(noise)
