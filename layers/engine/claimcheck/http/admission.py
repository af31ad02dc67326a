"""Authentication, scopes and the rate limit.

Only the SHA-256 of a key is stored, so a leaked table opens nothing. A fast hash is enough for random
190-bit keys; slow ones protect guessable passwords.
"""

import hashlib
import secrets
from collections.abc import Iterator
from typing import NamedTuple

from claimcheck.domain.errors import MissingApiKey, MissingScope, RateLimited, Unauthenticated, Unavailable
from claimcheck.domain.job import MINUTE, SECOND, Millis
from claimcheck.domain.keys import Allowance, ApiKey
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import Clock, KeyStore

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


class _Window:
    __slots__ = ("count", "granted", "minute", "served")

    def __init__(self, minute: int) -> None:
        self.minute = minute
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

    def __init__(self, keys: KeyStore, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def spend(self, caller: Caller, amount: int = 1) -> Allowance:
        """Count requests, all or none. If the store is unavailable, they are let through.

        Raises: RateLimited.
        """
        now = self._clock.now()
        limit = caller.key.limit
        reset = -(-(MINUTE - now % MINUTE) // SECOND)
        window = self._window(caller.key_hash, now // MINUTE)
        if window.granted < amount:
            self._take(window, caller, amount - window.granted)
        if window.granted < amount:
            raise RateLimited(Allowance(limit, max(limit - window.count, 0) + window.granted, reset))
        window.granted -= amount
        window.served += amount
        return Allowance(limit, max(limit - window.count, 0) + window.granted, reset)

    def _window(self, key_hash: str, minute: int) -> _Window:
        window = self._windows.get(key_hash)
        if window is None or window.minute != minute:
            if len(self._windows) >= 1000:
                self._windows.clear()
            window = self._windows[key_hash] = _Window(minute)
        return window

    def _take(self, window: _Window, caller: Caller, needed: int) -> None:
        limit = caller.key.limit
        if window.count >= limit:
            return
        try:
            for amount, ceiling in _bids(window, limit, needed):
                count = self._keys.take(caller.key_hash, window.minute, amount, ceiling)
                if count is not None:
                    window.count, window.granted = count, window.granted + amount
                    return
            if needed == 1:
                window.count = limit
        except Unavailable:
            warn("rate window unavailable, request let through", org=caller.key.org)
            window.granted += needed


def _bids(window: _Window, limit: int, needed: int) -> Iterator[tuple[int, int]]:
    """Yield what to ask the store for, in turn: the amount, and the highest count allowed."""
    shared = limit * 2 // 5
    if window.served > needed and window.count + window.served <= shared:
        yield window.served, shared
    yield needed, limit
