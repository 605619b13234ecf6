"""Colours of the report's figures. Every colour stands beside a word or a shape: none carries a meaning alone."""

from sangar.core.targets import StandardIdentity, ZoneState

ZONE_COLOURS = {
    ZoneState.CLEAR: "#d7dce1",
    ZoneState.WATCH: "#f2d16b",
    ZoneState.WARNING: "#ee8a2c",
    ZoneState.SHELTER_NOW: "#c8201e",
    ZoneState.ALL_CLEAR: "#7fb98a",
}
IDENTITY_COLOURS = {
    StandardIdentity.PENDING: "#8a7a1f",
    StandardIdentity.UNKNOWN: "#8a7a1f",
    StandardIdentity.ASSUMED_FRIEND: "#1f6fb2",
    StandardIdentity.FRIEND: "#1f6fb2",
    StandardIdentity.NEUTRAL: "#2f7d3b",
    StandardIdentity.SUSPECT: "#b4560f",
    StandardIdentity.HOSTILE: "#b3161b",
}
INK = "#1c2126"
QUIET = "#6a737c"
EFFECT = "#5b2a86"
"""Of simulated effectors and what they did."""
