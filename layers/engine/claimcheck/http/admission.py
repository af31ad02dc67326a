"""Authentication, scopes and the rate limit.

Only the SHA-256 of a key is stored, so a leaked table opens nothing. A fast hash is enough for random
190-bit keys; slow ones protect guessable passwords.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from claimcheck.domain.errors import (
    ClaimcheckError,
    DailyLimitReached,
    MissingApiKey,
    MissingScope,
    OutcomeUnknown,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from claimcheck.domain.job import DAY, MINUTE, SECOND
from claimcheck.domain.keys import Allowance, Window
from claimcheck.domain.observability import warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimcheck.domain.job import Millis
    from claimcheck.domain.keys import ApiKey
    from claimcheck.domain.ports import Clock, KeyStore
    from claimcheck.service.submission import AcceptedJob

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# For this long a key is not read again, so a disabled key can still work.
TRUST = MINUTE


def hash_key(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def issue_key(keys: KeyStore, key: ApiKey, prefix: str = "cck_live_") -> str:
    """Make a secret for `key`, store its hash and return the secret, which cannot be read again."""
    secret = prefix + "".join(secrets.choice(ALPHABET) for _ in range(32))
    keys.put_api_key(hash_key(secret), key)
    return secret


class Caller(NamedTuple):
    key: ApiKey
    key_hash: str

    def require(self, scope: str) -> None:
        if scope not in self.key.scopes:
            raise MissingScope(f"This request needs the scope {scope}, which this API key does not have.")


class Authenticator:
    def __init__(self, keys: KeyStore, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._trusted: dict[str, tuple[Millis, ApiKey]] = {}

    def authenticate(self, secret: str | None) -> Caller:
        """Raises: MissingApiKey; Unauthenticated for a key that is unknown, disabled or expired."""
        if not secret:
            raise MissingApiKey
        key_hash = hash_key(secret)
        key = self._look_up(key_hash)
        if key is None or not key.works(self._clock.now()):
            raise Unauthenticated("This API key is unknown, disabled or expired.")
        return Caller(key, key_hash)

    def _look_up(self, key_hash: str) -> ApiKey | None:
        now = self._clock.now()
        until, key = self._trusted.get(key_hash, (0, None))
        if key is not None and now < until:
            return key
        key = self._keys.api_key(key_hash)
        if key is not None and key.works(now):
            if len(self._trusted) >= 1000:
                self._trusted.clear()
            self._trusted[key_hash] = now + TRUST, key
        return key


class _Share:
    """An environment's share of a window."""

    __slots__ = ("count", "granted", "served", "window")

    def __init__(self, window: Window) -> None:
        self.window = window
        self.served = 0  # by this environment
        self.count = 0  # by all environments, as last read from the store
        self.granted = 0  # taken from the store and not used yet


class RateLimiter:
    """Limits requests in fixed windows of a minute.

    An environment takes as many requests from the shared count as it has served in this window
    (1, 1, 2, 4, 8) up to 40 % of the limit, then one by one. So a poll rarely costs a write, and the limit
    is never exceeded. No environment holds more unused requests than it has served, so no request is refused
    below 80 % of the limit.
    """

    length: Millis = MINUTE
    refusal: type[RateLimited] = RateLimited

    def __init__(self, keys: KeyStore, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._shares: dict[str, _Share] = {}

    def limit_of(self, key: ApiKey) -> int:
        return key.limit

    def spend(self, caller: Caller, amount: int = 1) -> Allowance:
        """Count requests, all or none. If the store is unavailable, they are let through.

        Raises: RateLimited.
        """
        limit = self.limit_of(caller.key)
        now = self._clock.now()
        share = self._share(caller, now)
        reset = -(-(share.window.ends_at - now) // SECOND)
        if share.granted < amount:
            self._take(share, caller, amount - share.granted)
        if share.granted < amount:
            raise self.refusal(Allowance(limit, max(limit - share.count, 0) + share.granted, reset))
        share.granted -= amount
        share.served += amount
        return Allowance(limit, max(limit - share.count, 0) + share.granted, reset)

    def _share(self, caller: Caller, now: Millis) -> _Share:
        window = Window.at(now, self.length)
        share = self._shares.get(caller.key_hash)
        if share is None or share.window != window:
            if len(self._shares) >= 1000:
                self._shares.clear()
            share = self._shares[caller.key_hash] = _Share(window)
        return share

    def _take(self, share: _Share, caller: Caller, needed: int) -> None:
        limit = self.limit_of(caller.key)
        if share.count >= limit:
            return
        try:
            for amount, ceiling in _bids(share, limit, needed):
                count = self._keys.take(caller.key_hash, share.window, amount, ceiling)
                if count is not None:
                    share.count, share.granted = count, share.granted + amount
                    return
            if needed == 1:
                share.count = limit
        except Unavailable:
            warn("rate window unavailable, request let through", org=caller.key.org)
            share.granted += needed


class DailyLimiter(RateLimiter):
    """Limits the jobs of a key in days of UTC, as requests. A key without a daily limit costs nothing."""

    length = DAY
    refusal = DailyLimitReached

    def limit_of(self, key: ApiKey) -> int:
        assert key.daily is not None
        return key.daily

    def grant(self, caller: Caller, wanted: int) -> tuple[int, RateLimited | None]:
        """Return how many of the jobs can be accepted, and the refusal of the others, if any."""
        if caller.key.daily is None:
            return wanted, None
        granted, step, refusal = 0, wanted, None
        while step:
            try:
                self.spend(caller, step)
            except RateLimited as error:
                refusal, step = error, step // 2
            else:
                granted += step
                step = min(step, wanted - granted)
        return granted, refusal if granted < wanted else None

    def settle(self, caller: Caller, granted: int, outcomes: Iterable[AcceptedJob | ClaimcheckError]) -> None:
        """Give back, without a write, what was granted and was used for no new job."""
        if caller.key.daily is None:
            return
        share = self._share(caller, self._clock.now())
        unused = granted - sum(map(_may_be_new, outcomes))
        # On the next day there is nothing to give back.
        unused = min(unused, share.served)
        share.granted += unused
        share.served -= unused


def _may_be_new(outcome: AcceptedJob | ClaimcheckError) -> bool:
    if isinstance(outcome, ClaimcheckError):
        return isinstance(outcome, OutcomeUnknown)
    return outcome.is_new


def rate_limit_headers(allowance: Allowance) -> dict[str, str]:
    """Return the headers of the IETF draft draft-ietf-httpapi-ratelimit-headers."""
    return {
        "RateLimit-Policy": f'"minute";q={allowance.limit};w=60',
        "RateLimit": f'"minute";r={allowance.remaining};t={allowance.reset}',
    }


def _bids(share: _Share, limit: int, needed: int) -> Iterator[tuple[int, int]]:
    """Yield what to ask the store for, in turn: the amount, and the highest count allowed."""
    shared = limit * 2 // 5
    if share.served > needed and share.count + share.served <= shared:
        yield share.served, shared
    yield needed, limit
