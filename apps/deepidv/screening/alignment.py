"""How the words beside a family name compare with the given names: pure, and told in words."""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from apps.deepidv.screening.spelling import spellings

# What a difference takes from a score of 1.
INITIAL = 0.18
TYPO = 1.25  # times the share of letters that differ
MIDDLE_LEFT_OUT = 0.03
MIDDLE_INITIAL_ADDED = 0.03
MIDDLE_ADDED = 0.08
MIDDLE_DIFFERS = 0.2

# Shorter words are one letter apart from other people's names; longer ones bear two wrong ones.
SHORTEST_WITH_TYPO = 5
SHORTEST_WITH_TWO = 9


class Alignment(NamedTuple):
    """So many of the words are given names; what their differences cost, and why."""

    used: int
    loss: float
    reasons: tuple[str, ...] = ()


class Match(NamedTuple):
    place: int
    loss: float
    reason: str = ""


@lru_cache(maxsize=65_536)
def typo(expected: str, raw: str) -> float | None:
    """What is lost when a text's word stands for `expected`: 0 if nothing, None when it cannot.

    Letters left out, added, changed or swapped count one each (optimal string alignment); a wrong
    first letter makes another name.
    """
    spelt = spellings(raw)
    if expected in spelt:
        return 0.0
    allowed = 0 if len(expected) < SHORTEST_WITH_TYPO else 1 if len(expected) < SHORTEST_WITH_TWO else 2
    near = [each for each in spelt if each[:1] == expected[:1] and abs(len(each) - len(expected)) <= allowed]
    distance = min((OSA.distance(expected, each, score_cutoff=allowed) for each in near), default=allowed + 1)
    return TYPO * distance / len(expected) if distance <= allowed else None


def spelt_differently(loss: float) -> tuple[str, ...]:
    return ("spelt differently",) if loss else ()


def leading(given: tuple[str, ...], outward: list[str], *, exact: bool, prose: bool) -> Alignment | None:
    """Given names before the family name: `outward` reads from it to the left.

    Middle names may be left out, initials or added; the first given name must come. `exact` allows no
    typo; without `prose` a capital does not tell a middle name from any word of a headline.
    """
    found = _leading(given, outward, exact, prose)
    if found is None and len(given) > 1:
        found = _leading(given[:1], outward, exact, prose)
        return found and _with_middle(found, 1, [])
    return found


def _leading(given: tuple[str, ...], outward: list[str], exact: bool, prose: bool) -> Alignment | None:
    left, loss, reasons, skipped, added = given[::-1], 0.0, list[str](), 0, list[str]()
    for used, raw in enumerate(outward, start=1):
        match = _match(left, raw, first=len(left) - 1, exact=exact or loss > 0)
        if match is None:
            if len(added) == 2 or not (len(raw) == 1 or prose):
                return None
            added.append(raw)
            continue
        left, loss, skipped = left[match.place + 1 :], loss + match.loss, skipped + match.place
        reasons += [match.reason] if match.reason else []
        if not left:
            return _with_middle(Alignment(used, loss, tuple(reasons)), skipped, added)
    return None


def following(given: tuple[str, ...], outward: list[str], *, exact: bool) -> Alignment | None:
    """Given names after the family name: the first comes first, then those of the others that do."""
    left, loss, reasons, used = given, 0.0, list[str](), 0
    for raw in outward:
        match = _match(left, raw, first=-1 if used else 0, exact=exact or loss > 0)
        if match is None or (not used and match.place):
            break
        used += 1
        left, loss = left[match.place + 1 :], loss + match.loss
        reasons += [match.reason] if match.reason else []
    if not used:
        return None
    return _with_middle(Alignment(used, loss, tuple(reasons)), len(given) - used, [])


def _match(expected: tuple[str, ...], raw: str, *, first: int, exact: bool) -> Match | None:
    """Which of the expected names a word is; `first` is the place of the one that is called by."""
    for place, each in enumerate(expected):
        loss = typo(each, raw)
        if loss == 0 or (loss and not exact):
            return Match(place, loss, "spelt differently" if loss else "")
        if 1 in (len(raw), len(each)) and spellings(raw)[0][:1] == each[0]:
            return (
                Match(place, INITIAL, "an initial for the given name")
                if place == first
                else Match(place, 0.0)
            )
    return None


def _with_middle(found: Alignment, skipped: int, added: list[str]) -> Alignment:
    if skipped and added:
        loss, reason = MIDDLE_DIFFERS, "another middle name"
    elif skipped:
        loss, reason = MIDDLE_LEFT_OUT, "a middle name left out"
    elif added:
        words = sum(len(each) > 1 for each in added)
        loss = MIDDLE_ADDED * words + MIDDLE_INITIAL_ADDED * (len(added) - words)
        reason = "a middle name added"
    else:
        return found
    return Alignment(found.used, found.loss + loss, (*found.reasons, reason))
