"""API keys, and the windows that count their requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from claimcheck.domain.job import DAY, HOUR, MINUTE
from claimcheck.domain.keys import READ, ApiKey, Use, Window
from tests.kit.jobs import NOW, RANDOMNESS, new_org

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters

THIS_MINUTE = Window.at(NOW, MINUTE)
NEXT_MINUTE = Window.at(NOW + MINUTE, MINUTE)
TODAY = Window.at(NOW, DAY)


class KeyStoreSuite:
    def test_every_field_of_a_key_is_read_as_it_was_stored(self, adapters: Adapters) -> None:
        key_hash = RANDOMNESS.token()
        key = ApiKey(
            org="acme",
            scopes=(READ,),
            plan="paid",
            limit=7,
            daily=9,
            dialect="other",
            label="Büro",
            disabled=True,
        )

        adapters.keys.put_api_key(key_hash, key)

        assert adapters.keys.api_key(key_hash) == key

    def test_an_unknown_key_is_not_found(self, adapters: Adapters) -> None:
        assert adapters.keys.api_key(RANDOMNESS.token()) is None

    def test_a_key_can_be_disabled(self, adapters: Adapters) -> None:
        key_hash, key = RANDOMNESS.token(), ApiKey(org="acme")
        adapters.keys.put_api_key(key_hash, key)

        adapters.keys.put_api_key(key_hash, replace(key, disabled=True))

        assert adapters.keys.api_key(key_hash) == replace(key, disabled=True)

    def test_the_last_change_of_a_key_counts_also_if_it_was_made_before(self, adapters: Adapters) -> None:
        key_hash, key = RANDOMNESS.token(), ApiKey(org="acme")

        for reported in (key, replace(key, disabled=True), key):
            adapters.keys.put_api_key(key_hash, reported)

        assert adapters.keys.api_key(key_hash) == key

    def test_an_org_has_a_list_of_its_keys(self, adapters: Adapters) -> None:
        org, hashes = new_org(), sorted(RANDOMNESS.token() for _ in range(3))
        for key_hash in hashes:
            adapters.keys.put_api_key(key_hash, ApiKey(org=org, label=key_hash))
        adapters.keys.put_api_key(hashes[0], ApiKey(org=org, disabled=True))
        adapters.keys.put_api_key(RANDOMNESS.token(), ApiKey(org=new_org()))

        found = adapters.keys.api_keys(org)

        assert sorted(found) == hashes
        assert [found[key_hash].disabled for key_hash in hashes] == [True, False, False]

    def test_a_window_counts_up_to_its_limit_and_not_beyond(self, adapters: Adapters) -> None:
        key_hash = RANDOMNESS.token()

        counts = [adapters.keys.take(key_hash, THIS_MINUTE, 2, 5) for _ in range(3)]

        assert counts == [2, 4, None]

    def test_refused_requests_are_not_counted(self, adapters: Adapters) -> None:
        key_hash = RANDOMNESS.token()
        adapters.keys.take(key_hash, THIS_MINUTE, 4, 5)

        refused = adapters.keys.take(key_hash, THIS_MINUTE, 2, 5)
        last = adapters.keys.take(key_hash, THIS_MINUTE, 1, 5)

        assert refused is None
        assert last == 5

    def test_more_than_the_limit_is_refused_in_an_empty_window_too(self, adapters: Adapters) -> None:
        key_hash = RANDOMNESS.token()

        refused = adapters.keys.take(key_hash, THIS_MINUTE, 6, 5)
        taken = adapters.keys.take(key_hash, THIS_MINUTE, 5, 5)

        assert refused is None
        assert taken == 5

    def test_minutes_and_keys_are_counted_apart(self, adapters: Adapters) -> None:
        one, other = RANDOMNESS.token(), RANDOMNESS.token()

        counts = [
            adapters.keys.take(one, THIS_MINUTE, 1, 1),
            adapters.keys.take(one, NEXT_MINUTE, 1, 1),
            adapters.keys.take(other, THIS_MINUTE, 1, 1),
            adapters.keys.take(one, TODAY, 1, 1),
            adapters.keys.take(one, THIS_MINUTE, 1, 1),
        ]

        assert counts == [1, 1, 1, 1, None]

    def test_a_key_was_last_used_in_the_hour_of_its_last_request(self, adapters: Adapters) -> None:
        key_hash, hour = RANDOMNESS.token(), NOW // HOUR * HOUR
        unused = adapters.keys.use(key_hash, NOW)
        for at in (NOW - 9 * HOUR, NOW, NOW - 10 * HOUR):
            adapters.keys.take(key_hash, Window.at(at, MINUTE), 1, 5)

        assert unused == Use(None, 0)
        assert adapters.keys.use(key_hash, NOW + DAY) == Use(hour, 0)

    def test_the_jobs_of_today_are_known(self, adapters: Adapters) -> None:
        key_hash = RANDOMNESS.token()
        adapters.keys.take(key_hash, Window.at(NOW - DAY, DAY), 4, 5)
        adapters.keys.take(key_hash, TODAY, 2, 5)
        adapters.keys.take(key_hash, TODAY, 1, 5)

        assert adapters.keys.use(key_hash, NOW) == Use(None, 3)
