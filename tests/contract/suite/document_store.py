"""An org's documents are its own, and are found by kind and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.jobs import new_org

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters


class DocumentStoreSuite:
    def test_a_missing_document_is_not_found(self, adapters: Adapters) -> None:
        assert adapters.documents.find(new_org(), "note") == {}

    def test_the_last_version_is_found(self, adapters: Adapters) -> None:
        org = new_org()
        for text in ('{"n":1}', '{"n":"zwei \u00e9"}'):
            adapters.documents.put(org, "note", "a#1", text)

        assert adapters.documents.find(org, "note") == {"a#1": '{"n":"zwei \u00e9"}'}

    def test_names_are_found_by_prefix_and_in_order(self, adapters: Adapters) -> None:
        org = new_org()
        for name in ("b#1", "a#2", "a#1", "ab#1"):
            adapters.documents.put(org, "note", name, name)

        assert list(adapters.documents.find(org, "note", "a#")) == ["a#1", "a#2"]

    def test_kinds_and_orgs_are_separate(self, adapters: Adapters) -> None:
        org, other = new_org(), new_org()
        adapters.documents.put(org, "note", "a", "note")
        adapters.documents.put(org, "notebook", "a", "notebook")
        adapters.documents.put(other, "note", "a", "another org's")

        assert adapters.documents.find(org, "note") == {"a": "note"}

    def test_a_document_of_256_kib_is_kept_and_many_are_found(self, adapters: Adapters) -> None:
        org, text = new_org(), "x" * 256 * 1024
        for number in range(5):
            adapters.documents.put(org, "note", str(number), text)

        assert list(adapters.documents.find(org, "note").values()) == [text] * 5
