"""Plural forms of counted things: English has two, Arabic six.

Source: Unicode CLDR 46, supplemental data, plurals (cardinal), for whole numbers.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum


class PluralForm(StrEnum):
    """CLDR's plural categories."""

    ZERO = "zero"
    ONE = "one"
    TWO = "two"
    FEW = "few"
    MANY = "many"
    OTHER = "other"


class PluralRule(StrEnum):
    """Families of languages that choose alike; a language file names its own."""

    NONE = "none"  # ja, ko, zh, vi, th, id
    ONE = "one"  # en, de, nl, sv, tr, ku, ur
    ZERO_ONE = "zero_one"  # fa, hi, am
    ONE_TWO = "one_two"  # he
    SLAVIC = "slavic"  # ru, uk
    POLISH = "polish"  # pl
    ARABIC = "arabic"  # ar


def _one(count: int) -> PluralForm:
    return PluralForm.ONE if count == 1 else PluralForm.OTHER


def _zero_one(count: int) -> PluralForm:
    return PluralForm.ONE if count in (0, 1) else PluralForm.OTHER


def _one_two(count: int) -> PluralForm:
    return {1: PluralForm.ONE, 2: PluralForm.TWO}.get(count, PluralForm.OTHER)


def _is_few(count: int) -> bool:
    return count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)


def _slavic(count: int) -> PluralForm:
    if count % 10 == 1 and count % 100 != 11:
        return PluralForm.ONE
    return PluralForm.FEW if _is_few(count) else PluralForm.MANY


def _polish(count: int) -> PluralForm:
    if count == 1:
        return PluralForm.ONE
    return PluralForm.FEW if _is_few(count) else PluralForm.MANY


def _arabic(count: int) -> PluralForm:
    if count in (0, 1, 2):
        return (PluralForm.ZERO, PluralForm.ONE, PluralForm.TWO)[count]
    if 3 <= count % 100 <= 10:
        return PluralForm.FEW
    return PluralForm.MANY if count % 100 >= 11 else PluralForm.OTHER


_CHOICE: Mapping[PluralRule, tuple[Callable[[int], PluralForm], tuple[PluralForm, ...]]] = {
    PluralRule.NONE: (lambda _: PluralForm.OTHER, (PluralForm.OTHER,)),
    PluralRule.ONE: (_one, (PluralForm.ONE, PluralForm.OTHER)),
    PluralRule.ZERO_ONE: (_zero_one, (PluralForm.ONE, PluralForm.OTHER)),
    PluralRule.ONE_TWO: (_one_two, (PluralForm.ONE, PluralForm.TWO, PluralForm.OTHER)),
    PluralRule.SLAVIC: (_slavic, (PluralForm.ONE, PluralForm.FEW, PluralForm.MANY)),
    PluralRule.POLISH: (_polish, (PluralForm.ONE, PluralForm.FEW, PluralForm.MANY)),
    PluralRule.ARABIC: (_arabic, tuple(PluralForm)),
}


def plural_form(rule: PluralRule, count: int) -> PluralForm:
    """The form that `count` things take."""
    return _CHOICE[rule][0](count)


def forms_of(rule: PluralRule) -> tuple[PluralForm, ...]:
    """The forms a language of this rule must have."""
    return _CHOICE[rule][1]
