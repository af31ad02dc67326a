"""Comparison of the words beside a family name with the given names."""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from apps.deepidv.screening.spelling import spellings

# Deductions from a score of 1.
INITIAL = 0.18
TYPO = 1.25  # times the fraction of letters that differ
MIDDLE_LEFT_OUT = 0.03
MIDDLE_INITIAL_ADDED = 0.03
MIDDLE_ADDED = 0.08
MIDDLE_DIFFERS = 0.2

# Letters. In shorter words, one different letter makes another name.
SHORTEST_WITH_TYPO = 5
SHORTEST_WITH_TWO = 9


class Alignment(NamedTuple):
    used: int
    loss: float
    reasons: tuple[str, ...] = ()


class Match(NamedTuple):
    place: int
    loss: float
    reasons: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def typo(expected: str, raw: str) -> float | None:
    """Return the deduction, or None if the word is another name.

    Errors are counted by optimal string alignment. The first letter must be the same.
    """
    spelt = spellings(raw)
    if expected in spelt:
        return 0.0
    allowed = 0 if len(expected) < SHORTEST_WITH_TYPO else 1 if len(expected) < SHORTEST_WITH_TWO else 2
    near = [each for each in spelt if each[:1] == expected[:1] and abs(len(each) - len(expected)) <= allowed]
    distance = min((OSA.distance(expected, each, score_cutoff=allowed) for each in near), default=allowed + 1)
    return TYPO * distance / len(expected) if distance <= allowed else None


def spelt_differently(loss: float) -> tuple[str, ...]:
    return ("different spelling",) if loss else ()


def leading(given: tuple[str, ...], outward: list[str], *, exact: bool, prose: bool) -> Alignment | None:
    """Align given names before the family name. `outward` are the words from there to the left.

    Only the first given name is required. `exact` allows no typo. Only in `prose`, an unknown word can be
    an extra middle name.
    """
    found = _leading(given, outward, exact, prose)
    if found is None and len(given) > 1:
        found = _leading(given[:1], outward, exact, prose)
        return found and _with_middle(found, 1, [])
    return found


def _leading(given: tuple[str, ...], outward: list[str], exact: bool, prose: bool) -> Alignment | None:
    left, loss, reasons, skipped, added = given[::-1], 0.0, tuple[str, ...](), 0, list[str]()
    for used, raw in enumerate(outward, start=1):
        match = _match(left, raw, first=len(left) - 1, exact=exact or loss > 0)
        if match is None:
            if len(added) == 2 or not (len(raw) == 1 or prose):
                return None
            added.append(raw)
            continue
        left, loss, skipped = left[match.place + 1 :], loss + match.loss, skipped + match.place
        reasons += match.reasons
        if not left:
            return _with_middle(Alignment(used, loss, reasons), skipped, added)
    return None


def following(given: tuple[str, ...], outward: list[str], *, exact: bool) -> Alignment | None:
    """Align given names after the family name: the first one, then any of the others."""
    left, loss, reasons, used = given, 0.0, tuple[str, ...](), 0
    for raw in outward:
        match = _match(left, raw, first=-1 if used else 0, exact=exact or loss > 0)
        if match is None or (not used and match.place):
            break
        used += 1
        left, loss, reasons = left[match.place + 1 :], loss + match.loss, reasons + match.reasons
    return _with_middle(Alignment(used, loss, reasons), len(given) - used, []) if used else None


def _match(expected: tuple[str, ...], raw: str, *, first: int, exact: bool) -> Match | None:
    """Find the expected name that a word is. `first` is the place of the first given name."""
    for place, each in enumerate(expected):
        loss = typo(each, raw)
        if loss == 0 or (loss and not exact):
            return Match(place, loss, spelt_differently(loss))
        if 1 in (len(raw), len(each)) and spellings(raw)[0][:1] == each[0]:
            if place != first:
                return Match(place, 0.0)
            return Match(place, INITIAL, ("initial instead of the given name",))
    return None


def _with_middle(found: Alignment, skipped: int, added: list[str]) -> Alignment:
    if skipped and added:
        loss, reason = MIDDLE_DIFFERS, "different middle name"
    elif skipped:
        loss, reason = MIDDLE_LEFT_OUT, "middle name missing"
    elif added:
        words = sum(len(each) > 1 for each in added)
        loss = MIDDLE_ADDED * words + MIDDLE_INITIAL_ADDED * (len(added) - words)
        reason = "extra middle name"
    else:
        return found
    return Alignment(found.used, found.loss + loss, (*found.reasons, reason))
