"""Which tracks are one body: ended tracks and those that went on for them (disjoint sets, path halving).

Source: R. E. Tarjan, "Efficiency of a good but not linear set union algorithm", Journal of the ACM 22, 1975.
"""


class Lineage:
    """Tracks joined into bodies; a body goes by the track that goes on."""

    def __init__(self) -> None:
        """No track has been joined to another."""
        self._next: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}  # of each root that others go on under

    def root(self, track: int) -> int:
        """The track under which a track's body goes on."""
        while (after := self._next.get(track)) is not None:
            self._next[track] = self._next.get(after, after)
            track = after
        return track

    def join(self, ended: int, goes_on: int) -> None:
        """Let the body of one track go on under another; two tracks of one body change nothing."""
        one, other = self.root(ended), self.root(goes_on)
        if one != other:
            self._next[one] = other
            self._members.setdefault(other, []).extend([one, *self._members.pop(one, ())])

    def forget(self, root: int) -> None:
        """Let go of a body and of all tracks that went on under it."""
        for track in self._members.pop(root, ()):
            del self._next[track]
