"""The review of an app's source, as text: nothing is compiled."""

import re
from collections.abc import Callable, Sequence

from apps.forvibe.job_types.review_simulation import Codebase, Finding
from apps.forvibe.review.rules import Findings, finding, limited
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


def review_codebase(codebase: Codebase) -> list[Finding]:
    files = [Source(file) for file in codebase.files]
    return list(limited(each for check in CHECKS for each in check(files)))


def missing_purposes(files: Sequence[Source]) -> Findings:
    """Find missing purpose strings, if a file that could declare them was given."""
    declaring = [file for file in files if file.declares]
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
