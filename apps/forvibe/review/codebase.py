"""The review of an app's source, as text: nothing is compiled."""

import plistlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from apps.forvibe.job_types.review_simulation import Codebase, Finding, SourceFile
from apps.forvibe.review.rules import Findings, finding, limited

CODE = (".swift", ".m", ".mm", ".h", ".js", ".jsx", ".ts", ".tsx", ".dart", ".kt", ".cs")
# Where a purpose string may be declared: property lists, Xcode's project, Expo's and XcodeGen's files.
DECLARATIONS = (".plist", ".pbxproj", ".xcconfig", ".json", ".yml", ".yaml")
COMMENT = re.compile(r"^[ \t]*(?://|/?\*).*$", re.MULTILINE)
TRIAL = re.compile(
    r"(?:^|[/_.-])(?:ui)?(?:tests?|specs?|mocks?|fixtures?|previews?)(?=[/_.-])|tests?\.\w+$", re.I
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
# Apple's documentation, "Protected resources" (Bundle Resources): any one of the keys is enough.
PURPOSES = {
    "the camera": (
        r"\bAVCaptureSession\b|sourceType\s?=\s?\.camera|AVMediaTypeVideo\b",
        "NSCameraUsageDescription",
    ),
    "the microphone": (r"\bAVAudioRecorder\b|\brequestRecordPermission\b", "NSMicrophoneUsageDescription"),
    "the location": (
        r"\brequest(?:WhenInUse|Always)Authorization\b",
        "NSLocationWhenInUseUsageDescription NSLocationAlwaysAndWhenInUseUsageDescription",
    ),
    "the photo library": (
        r"\bPHPhotoLibrary\b",
        "NSPhotoLibraryUsageDescription NSPhotoLibraryAddUsageDescription",
    ),
    "the contacts": (r"\bCNContactStore\b", "NSContactsUsageDescription"),
    "the calendar or reminders": (
        r"\bEKEventStore\b",
        "NSCalendarsFullAccessUsageDescription NSCalendarsWriteOnlyAccessUsageDescription "
        "NSCalendarsUsageDescription NSRemindersFullAccessUsageDescription NSRemindersUsageDescription",
    ),
    "Bluetooth": (r"\bCBCentralManager\b", "NSBluetoothAlwaysUsageDescription"),
    "Face ID": (r"\bdeviceOwnerAuthenticationWithBiometrics\b", "NSFaceIDUsageDescription"),
    "speech recognition": (r"\bSFSpeechRecognizer\b", "NSSpeechRecognitionUsageDescription"),
    "health data": (r"\bHKHealthStore\b", "NSHealthShareUsageDescription NSHealthUpdateUsageDescription"),
    "motion data": (r"\bCMPedometer\b|\bCMMotionActivityManager\b", "NSMotionUsageDescription"),
    "tracking": (r"\brequestTrackingAuthorization\b", "NSUserTrackingUsageDescription"),
}
APIS = {api: (re.compile(pattern), keys.split()) for api, (pattern, keys) in PURPOSES.items()}
KEY = re.compile(r"NS[A-Za-z]{1,60}UsageDescription")
VAGUE = re.compile(
    r"\A.{0,11}\Z|lorem ipsum|\b(?:todo|tbd|placeholder)\b"
    r"|\bneeds? (?:this |the )?(?:\w{1,20} )?access\W{0,3}\Z",
    re.IGNORECASE | re.DOTALL,
)
# Characters of a secret that evidence shows: results have more readers than the source.
SHOWN = 4


class Match(NamedTuple):
    """An excerpt, and its place as `path:line`."""

    excerpt: str
    line: str


class Source:
    """A file of the app's source, as the rules read it."""

    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.content = file.content

    @property
    def ships(self) -> bool:
        """Whether the file is part of the app: not a test, mock, fixture or preview."""
        return not TRIAL.search(self.path)

    @cached_property
    def code(self) -> str:
        """The code without comment lines; empty for other files."""
        return COMMENT.sub("", self.content) if self.path.endswith(CODE) else ""

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The top level of a readable property list, else empty. (plistlib refuses entities.)"""
        if not self.path.endswith(".plist"):
            return {}
        try:
            properties = plistlib.loads(self.content.encode())
        except Exception:  # noqa: BLE001 - a broken list can raise almost any exception
            return {}
        return properties if isinstance(properties, dict) else {}

    def line(self, text: str, position: int) -> str:
        return f"{self.path}:{text.count(chr(10), 0, position) + 1}"


def find(files: Sequence[Source], pattern: re.Pattern[str]) -> Iterator[Match]:
    """Yield the first match in the code of each file that ships."""
    for file in files:
        if file.ships and (found := pattern.search(file.code)):
            yield Match(found[0], file.line(file.code, found.start()))


def review_codebase(codebase: Codebase) -> list[Finding]:
    files = [Source(file) for file in codebase.files]
    return list(limited(each for check in CHECKS for each in check(files)))


def missing_purposes(files: Sequence[Source]) -> Findings:
    """Find missing purpose strings, if a file that could declare them was given."""
    declaring = [file for file in files if file.path.endswith(DECLARATIONS)]
    declared = {key for file in declaring for key in KEY.findall(file.content)}
    if not any(file.path.endswith((".plist", ".pbxproj")) or declared for file in declaring):
        return
    for api, (pattern, keys) in APIS.items():
        rule = "tracking-purpose-missing" if api == "tracking" else "purpose-string-missing"
        if declared.isdisjoint(keys) and (found := next(find(files, pattern), None)):
            yield finding(rule, None, found.excerpt, file=found.line, api=api, key=keys[0])


def vague_purposes(files: Sequence[Source]) -> Findings:
    for file in files:
        for key, purpose in file.properties.items():
            if KEY.fullmatch(key) and isinstance(purpose, str) and VAGUE.search(purpose.strip()):
                yield finding("purpose-string-vague", None, purpose, file=file.path, key=key)


def transport(files: Sequence[Source]) -> Findings:
    for file in files:
        security = file.properties.get("NSAppTransportSecurity")
        if isinstance(security, dict) and security.get("NSAllowsArbitraryLoads") is True:
            yield finding("arbitrary-loads", None, "NSAllowsArbitraryLoads", file=file.path)


def patterns(files: Sequence[Source]) -> Findings:
    rules = (("private-api", PRIVATE), ("test-server", SERVER), ("external-payment", PAYMENT))
    for rule, pattern in rules:
        for found in find(files, pattern):
            yield finding(rule, None, found.excerpt, file=found.line)


def accounts(files: Sequence[Source]) -> Findings:
    deletable = any(DELETION.search(file.code) for file in files)
    if not deletable and (found := next(find(files, SIGN_UP), None)):
        yield finding("account-deletion-missing", None, found.excerpt, file=found.line)


def secrets(files: Sequence[Source]) -> Findings:
    for file in files:
        for kind, pattern in SECRETS.items():
            if found := pattern.search(file.content):
                line = file.line(file.content, found.start())
                yield finding("secret-in-source", None, f"{found[0][:SHOWN]}\u2026", file=line, kind=kind)


CHECKS: tuple[Callable[[Sequence[Source]], Findings], ...] = (
    missing_purposes,
    vague_purposes,
    transport,
    patterns,
    accounts,
    secrets,
)
