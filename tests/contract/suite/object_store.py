"""Payloads are read as they were put, with credentials or by a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.errors import Unavailable
from tests.kit.jobs import RANDOMNESS

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters


def new_key() -> str:
    return f"result/{RANDOMNESS.job_id(0)}-{RANDOMNESS.token()}.json"


class ObjectStoreSuite:
    def test_a_text_is_read_as_it_was_put(self, adapters: Adapters) -> None:
        key, text = new_key(), '{"text":"Grüße 你好 🧥\\r\\n"}'

        adapters.objects.put(key, text)

        assert adapters.objects.get(key) == text

    def test_a_large_text_is_read_completely(self, adapters: Adapters) -> None:
        key, text = new_key(), '"' + "ä" * 3_000_000 + '"'

        adapters.objects.put(key, text)

        assert adapters.objects.get(key) == text

    def test_putting_the_same_again_succeeds(self, adapters: Adapters) -> None:
        key = new_key()

        adapters.objects.put(key, "{}")
        adapters.objects.put(key, "{}")

        assert adapters.objects.get(key) == "{}"

    def test_a_deleted_text_is_gone_and_can_be_deleted_again(self, adapters: Adapters) -> None:
        key = new_key()
        adapters.objects.put(key, "{}")

        adapters.objects.delete(key)
        adapters.objects.delete(key)

        with pytest.raises(Unavailable):
            adapters.objects.get(key)

    def test_a_url_reads_the_text_without_credentials(self, adapters: Adapters) -> None:
        key = new_key()
        adapters.objects.put(key, '"ü"')

        text = adapters.fetch(adapters.objects.url(key))

        assert text == '"ü"'
