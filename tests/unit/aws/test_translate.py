"""The adapter against the stand-in, and against servers that fail like AWS and networks do."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from claimcheck.aws import calls as aws
from claimcheck.aws.translate import AmazonTranslator
from claimcheck.domain.errors import Unavailable, UnsupportedLanguage
from claimcheck.testing import FrozenClock, SeededRandomness
from local.standins.translate import pseudo_localise
from tests.kit.authority import Authority
from tests.kit.translators import standin
from tests.kit.upstream import Upstream, reply, reset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.upstream import Act


@pytest.fixture(autouse=True, scope="module")
def _credentials() -> Iterator[None]:
    """Set any credentials. A session keeps those of its creation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "any")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.delenv("AWS_PROFILE", raising=False)
        aws.session.cache_clear()
        yield
        aws.session.cache_clear()


def translator(url: str) -> AmazonTranslator:
    return AmazonTranslator(url, FrozenClock(), SeededRandomness())


def answer(status: int, document: object) -> Act:
    # One answer per connection. Without this header a client notices only when its next request fails.
    return reply(status, json.dumps(document).encode(), {"Connection": "close"})


def refusal(kind: str, status: int = 400) -> Act:
    return answer(status, {"__type": kind, "Message": "No."})


DONE = answer(200, {"TranslatedText": "Hallo", "SourceLanguageCode": "en", "TargetLanguageCode": "de"})


def test_a_text_is_translated() -> None:
    with standin() as url:
        assert translator(url).translate("Calm my day", "en", "pt-PT") == "[pt-PT: Çåļɱ ɱý ðåý ~~~]"


def test_the_request_is_a_signed_translate_text() -> None:
    with Upstream() as upstream:
        upstream.at("/", DONE)
        translated = translator(upstream.url).translate("Hello", "en", "de")
        (request,) = upstream.requests

    assert translated == "Hallo"
    assert request.headers["x-amz-target"] == "AWSShineFrontendService_20170701.TranslateText"
    assert "/eu-central-1/translate/aws4_request" in request.headers["authorization"]
    assert json.loads(request.body) == {
        "Text": "Hello",
        "SourceLanguageCode": "en",
        "TargetLanguageCode": "de",
    }


def test_without_a_url_it_would_ask_aws_itself() -> None:
    built = AmazonTranslator(None, FrozenClock(), SeededRandomness())._service()

    assert built.client.meta.endpoint_url == "https://translate.eu-central-1.amazonaws.com"


def test_an_endpoint_elsewhere_need_not_be_vouched_for_by_amazon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    everybody = tmp_path / "everybody.pem"
    everybody.write_text(authority.pem)
    monkeypatch.setattr("botocore.httpsession.where", lambda: str(everybody))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(Path(aws.__file__).with_name("amazon_roots.pem")))

    with Upstream("127.0.0.1", authority.server("127.0.0.1")) as upstream:
        upstream.at("/", DONE)
        translated = translator(upstream.url).translate("Hello", "en", "de")

    assert translated == "Hallo"


def test_nothing_is_made_before_it_is_needed() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_DEFAULT_REGION")
        AmazonTranslator(None, FrozenClock(), SeededRandomness())


@pytest.mark.parametrize(
    "fault",
    [
        refusal("TooManyRequestsException"),
        refusal("ThrottlingException"),
        refusal("InternalServerException", 500),
        refusal("ServiceUnavailableException", 503),
        reply(502, b"<html>", {"Connection": "close"}),
        reset(),
    ],
    ids=["too many", "throttled", "internal", "unavailable", "gateway", "reset"],
)
def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_unavailable(fault: Act) -> None:
    with Upstream() as upstream:
        upstream.at("/", fault, fault, DONE)
        assert translator(upstream.url).translate("Hello", "en", "de") == "Hallo"
        assert len(upstream.requests) == 3

        upstream.at("/", fault)
        with pytest.raises(Unavailable):
            translator(upstream.url).translate("Hello", "en", "de")
        assert len(upstream.requests) == 3 + aws.TRIES


def test_a_translator_that_does_not_answer_in_time_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claimcheck.aws.translate.READ_TIMEOUT", 0.05)
    with Upstream() as upstream:
        upstream.at("/", reply(200, after=60))
        with pytest.raises(Unavailable):
            translator(upstream.url).translate("Hello", "en", "de")


def test_a_translator_that_is_not_there_is_unavailable() -> None:
    with Upstream() as upstream:
        url = upstream.url

    with pytest.raises(Unavailable):
        translator(url).translate("Hello", "en", "de")


def test_an_unsupported_language_is_reported_after_one_request() -> None:
    with Upstream() as upstream:
        upstream.at("/", refusal("UnsupportedLanguagePairException"))
        with pytest.raises(UnsupportedLanguage):
            translator(upstream.url).translate("Hello", "en", "de")

        assert len(upstream.requests) == 1


def test_the_stand_in_refuses_such_a_language_in_the_same_way() -> None:
    with standin() as url, pytest.raises(UnsupportedLanguage):
        translator(url).translate("Hello", "en", "or")


@pytest.mark.parametrize("kind", ["AccessDeniedException", "InvalidRequestException"])
def test_a_permanent_failure_is_not_retried(kind: str) -> None:
    with Upstream() as upstream:
        upstream.at("/", refusal(kind))
        with pytest.raises(ClientError):
            translator(upstream.url).translate("Hello", "en", "de")

        assert len(upstream.requests) == 1


def test_several_threads_share_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make_client(service: str, **options: Any) -> Any:
        made.append(service)
        return aws.make_client(service, **options)

    monkeypatch.setattr("claimcheck.aws.translate.make_client", make_client)
    with standin() as url, ThreadPoolExecutor(8) as pool:
        shared = translator(url)
        texts = list(pool.map(lambda number: shared.translate(f"Day {number}", "en", "de"), range(40)))

    assert texts == [pseudo_localise(f"Day {number}", "de") for number in range(40)]
    assert made == ["translate"]
