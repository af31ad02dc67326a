"""The review of an app's source, as text: nothing is compiled."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from apps.forvibe.job_types.review_simulation import Codebase, Finding
from apps.forvibe.review.purposes import missing_purposes, transport, vague_purposes
from apps.forvibe.review.rules import finding, limited
from apps.forvibe.review.source import Source, find

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
# Characters of a secret that evidence shows: results have more readers than the source.
SHOWN = 4


def review_codebase(codebase: Codebase) -> list[Finding]:
    files = [Source(file) for file in codebase.files]
    return list(limited(each for check in CHECKS for each in check(files)))


def patterns(files: Sequence[Source]) -> Iterator[Finding]:
    rules = (("private-api", PRIVATE), ("test-server", SERVER), ("external-payment", PAYMENT))
    for rule, pattern in rules:
        for found in find(files, pattern):
            yield finding(rule, None, found.excerpt, file=found.line)


def accounts(files: Sequence[Source]) -> Iterator[Finding]:
    deletable = any(DELETION.search(file.code) for file in files)
    if not deletable and (found := next(find(files, SIGN_UP), None)):
        yield finding("account-deletion-missing", None, found.excerpt, file=found.line)


def secrets(files: Sequence[Source]) -> Iterator[Finding]:
    for file in files:
        for kind, pattern in SECRETS.items():
            if found := pattern.search(file.content):
                line = file.line(file.content, found.start())
                yield finding("secret-in-source", None, f"{found[0][:SHOWN]}\u2026", file=line, kind=kind)


CHECKS: tuple[Callable[[Sequence[Source]], Iterable[Finding]], ...] = (
    missing_purposes,
    vague_purposes,
    transport,
    patterns,
    accounts,
    secrets,
)
