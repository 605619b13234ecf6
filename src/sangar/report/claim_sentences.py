"""What becomes of claims, in sentences."""

import numpy as np

from sangar.core.claims import ClaimState, Misfit
from sangar.report.words import Names, named, place_word

MISFIT_WORDS = {
    Misfit.NONE: "does not fit itself",
    Misfit.JUMP: "jumps",
    Misfit.OTHERWISE: "does not move as it says it moves",
    Misfit.SPEED: "is faster than anything of its kind",
    Misfit.TIME: "goes back in time",
}
CLAIM_SENTENCES = {
    ClaimState.UNPROVEN: "the {claim} is not proven.",
    ClaimState.MATCHED: "track {track} flies as the {claim} says, {gap} m from it.",
    ClaimState.WITHOUT_BODY: "the {claim} has NO BODY: nothing is seen {place}, where it says it is.",
    ClaimState.LEFT: "track {track} LEFT its claim: it no longer flies as the {claim} says, {gap} m from it.",
    ClaimState.CONTRADICTED: "track {track} is NOT WHAT IT CLAIMS: no such body flies as it does where the {claim} is.",
    ClaimState.SHARED: "track {track} is a SECOND BODY in the company of the one that flies as the {claim} says.",
}


def claim_word(source: int, number: int, names: Names) -> str:
    """Which claim, `claim 4bb853 of adsb-1`: addresses in hexadecimal digits, own flights as they are numbered."""
    kind = names.kinds[source] if 0 <= source < len(names.kinds) else ""
    shown = str(number) if kind == "own_flight" else f"{number:x}"
    return f"claim {shown} of {named(names.sensors, source)}"


def claim_changed(event: np.void, names: Names) -> str:
    """A claim, or what it says of a track, is in another state."""
    claim = claim_word(int(event["area"]), int(event["row"]), names)
    state, track, gap_m = ClaimState(int(event["new"])), int(event["track"]), float(event["ellipse_major_m"])
    if state == ClaimState.IMPLAUSIBLE:
        flown_by = f" Track {track} flew by it." if track > 0 else ""
        return f"The {claim} CANNOT BE: it {MISFIT_WORDS[Misfit(int(event['engagement']))]}.{flown_by}"
    said = CLAIM_SENTENCES[state].format(claim=claim, track=track, gap=f"{gap_m:.0f}", place=place_word(event))
    return said[0].upper() + said[1:]
