"""ASTERIX, the wire format of air surveillance radars (EUROCONTROL SPEC-0149): categories 034 and 048."""
