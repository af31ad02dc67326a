"""What an app's source already shows of what App Review would find. A look at text, not a compiler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from apps.forvibe.review.metadata import few
from apps.forvibe.review.purposes import missing_purposes, transport, vague_purposes
from apps.forvibe.review.rules import Rule
from apps.forvibe.review.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from apps.forvibe.job_types.review_simulation import Codebase
    from apps.forvibe.review.rules import Hit

PRIVATE_API = Rule(
    "private-api",
    "2.5.1",
    "critical",
    "The source uses what is no public API, or no longer one.",
    "Use the public API that replaces it.",
)
TEST_SERVER = Rule(
    "test-server",
    "2.1",
    "medium",
    "The source has the address of a test server, of a private network or of the machine itself.",
    "Make sure that the submitted build uses the production server.",
)
OTHER_PAYMENT = Rule(
    "external-payment",
    "3.1.1",
    "medium",
    "The app brings a payment service of its own.",
    "Sell digital goods by in-app purchase; a payment service is for what is used outside of the app.",
)
NO_DELETION = Rule(
    "account-deletion-missing",
    "5.1.1(v)",
    "high",
    "The app lets people create an account, and nothing in these files lets them delete it.",
    "Offer account deletion within the app. If it is in a file that was not given, this does not apply.",
)
SECRET = Rule(
    "secret-in-source",
    "1.6",
    "info",
    "The source holds what looks like {kind}. Whoever has the app can read it.",
    "Keep it on a server, and replace this one.",
)

# UIWebView: "App Store no longer accepts" it (Apple Developer News, December 2019).
PRIVATE = re.compile(
    r"\bUIWebView\b|\bLSApplicationWorkspace\b|/System/Library/PrivateFrameworks|\bprefs:root=|\bApp-Prefs:"
    r"|(?:NSClassFromString|NSSelectorFromString)\(\s?@?\"_[A-Za-z]\w{0,80}"
)
SERVER = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}"
    r"|(?:staging|test|dev)[.-][\w.-]{1,100}|(?:[\w-]{1,60}\.)?example\.(?:com|org|net))"
)
PAYMENT = re.compile(
    r"^import (?:Stripe\w{0,20}|Braintree\w{0,20}|PayPal\w{0,20}|Razorpay|PaddleSDK)\b"
    r"|[\"'](?:@stripe/stripe-react-native|react-native-razorpay)\b"
    r"|package:(?:flutter_stripe|razorpay_flutter)/",
    re.MULTILINE,
)
SIGN_UP = re.compile(
    r"\b(?:createUser|signUp|createAccount|registerUser|CreateAccountView|SignUpView)\b"
    r"|\"(?:Sign up|Create (?:an )?account)\"",
    re.IGNORECASE,
)
DELETION = re.compile(
    r"(?:delete|close|remove)[ _-]?(?:(?:my|user|your|the)[ _-]?)?account|account[ _-]?deletion"
    r"|\buser\??\.delete\(",
    re.IGNORECASE,
)
SECRETS = {
    "an AWS access key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a Stripe secret key": re.compile(r"\bsk_live_[0-9A-Za-z]{16,100}"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----"),
    "a Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,100}"),
}
# So much of a secret tells which one it is.
SHOWN = 4


def review_codebase(codebase: Codebase) -> list[Hit]:
    files = [Source(file) for file in codebase.files]
    return list(few(hit for check in CHECKS for hit in check(files)))


def patterns(files: Sequence[Source]) -> Iterator[Hit]:
    rules = ((PRIVATE_API, PRIVATE), (TEST_SERVER, SERVER), (OTHER_PAYMENT, PAYMENT))
    for file in (file for file in files if file.ships):
        for rule, pattern in rules:
            if found := pattern.search(file.code):
                yield rule.hit(None, found[0], file=file.line(file.code, found.start()))


def accounts(files: Sequence[Source]) -> Iterator[Hit]:
    if any(DELETION.search(file.code) for file in files):
        return
    for file in (file for file in files if file.ships):
        if found := SIGN_UP.search(file.code):
            yield NO_DELETION.hit(None, found[0], file=file.line(file.code, found.start()))
            return


def secrets(files: Sequence[Source]) -> Iterator[Hit]:
    """What is found is not repeated: a result is read by more people than the source."""
    for file in files:
        for kind, pattern in SECRETS.items():
            if found := pattern.search(file.content):
                where = file.line(file.content, found.start())
                yield SECRET.hit(None, f"{found[0][:SHOWN]}\u2026", file=where, kind=kind)


CHECKS: tuple[Callable[[Sequence[Source]], Iterable[Hit]], ...] = (
    missing_purposes,
    vague_purposes,
    transport,
    patterns,
    accounts,
    secrets,
)
