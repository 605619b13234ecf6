"""Foreign text inside an alert: cleaned of what could forge it, and kept from turning the writing round.

Source: Unicode Standard Annex 9, bidirectional algorithm (isolates: 2.4; "Trojan source", CVE-2021-42574, is what
overrides can do).
"""

import unicodedata

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
LONGEST_INSERT = 200
JOINERS = "\u200c\u200d"
"""Format characters that Persian, Urdu and Indic spelling needs; all others are taken out."""

_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_LEFT_TO_RIGHT = {"L", "EN"}
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def cleaned(text: str) -> str:
    """Text on one line, without control characters, marks of direction, private or unassigned characters."""
    kept = (
        letter if letter in JOINERS or unicodedata.category(letter) not in _UNWANTED else " "
        for letter in text[: 4 * LONGEST_INSERT]
    )
    return " ".join("".join(kept).split())[:LONGEST_INSERT]


def isolated(text: str, is_right_to_left: bool) -> str:
    """Clean text ready to stand inside a sentence: isolated where it holds writing of the other direction."""
    foreign = _LEFT_TO_RIGHT if is_right_to_left else _RIGHT_TO_LEFT
    if any(unicodedata.bidirectional(letter) in foreign for letter in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
    return text
