"""Track-number changes: how often a true object goes on under another track's number."""

from collections.abc import Iterable


class IdentitySwitches:
    """Counts, scan after scan, the true objects that are paired with another track than the last time they were paired.

    A gap without a track is no switch by itself; coming back under another number is.

    Source:
        Bernardin & Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT metrics", EURASIP
        Journal on Image and Video Processing 2008, section 2 (mismatches).
    """

    def __init__(self) -> None:
        self.count = 0
        self._last_track: dict[int, int] = {}

    def observe(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Take in one scan's pairs of (truth number, track number)."""
        for truth, track in pairs:
            if self._last_track.setdefault(truth, track) != track:
                self.count += 1
                self._last_track[truth] = track
