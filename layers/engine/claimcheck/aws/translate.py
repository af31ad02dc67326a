"""The translator, by Amazon Translate. HTML's `translate="no"` marks the parts of a text to keep.

The caller splits texts of more than 10,000 bytes in UTF-8 (Amazon Translate Developer Guide, "Guidelines and
quotas": maximum input text of real-time translation).
"""

from threading import Lock

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, code_of, make_client
from claimcheck.domain.errors import UnsupportedLanguage
from claimcheck.domain.ports import Clock, Randomness

# Seconds. A text of full size takes one to two seconds, a sentence about 100 ms.
READ_TIMEOUT = 5


class AmazonTranslator:
    """A thread-safe `ports.Translator`. A `url` of None is AWS's own."""

    def __init__(self, url: str | None, clock: Clock, randomness: Randomness) -> None:
        self._url = url
        self._clock = clock
        self._randomness = randomness
        self._lock = Lock()
        self._built: Service | None = None

    def translate(self, text: str, source: str, target: str) -> str:
        service = self._service()
        try:
            answer = service.call(
                service.client.translate_text,
                Text=text,
                SourceLanguageCode=source,
                TargetLanguageCode=target,
            )
        except ClientError as error:
            if code_of(error) == "UnsupportedLanguagePairException":
                raise UnsupportedLanguage from error
            raise
        translated: str = answer["TranslatedText"]
        return translated

    def _service(self) -> Service:
        # A client is thread-safe, but its creation by the session is not.
        with self._lock:
            if self._built is None:
                client = make_client("translate", endpoint_url=self._url, read_timeout=READ_TIMEOUT)
                self._built = Service(client, self._clock, self._randomness)
            return self._built
