"""Purpose strings. One counts as missing only if a file that could declare it was given."""

import re
from collections.abc import Iterator, Sequence

from apps.forvibe.job_types.review_simulation import Finding
from apps.forvibe.review.rules import finding
from apps.forvibe.review.source import Source, find

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


def missing_purposes(files: Sequence[Source]) -> Iterator[Finding]:
    declaring = [file for file in files if file.declares]
    declared = {key for file in declaring for key in KEY.findall(file.content)}
    if not any(file.path.endswith((".plist", ".pbxproj")) or declared for file in declaring):
        return
    for api, (pattern, keys) in APIS.items():
        rule = "tracking-purpose-missing" if api == "tracking" else "purpose-string-missing"
        if declared.isdisjoint(keys) and (found := next(find(files, pattern), None)):
            yield finding(rule, None, found.excerpt, file=found.line, api=api, key=keys[0])


def vague_purposes(files: Sequence[Source]) -> Iterator[Finding]:
    for file in files:
        for key, purpose in file.properties.items():
            if KEY.fullmatch(key) and isinstance(purpose, str) and VAGUE.search(purpose.strip()):
                yield finding("purpose-string-vague", None, purpose, file=file.path, key=key)


def transport(files: Sequence[Source]) -> Iterator[Finding]:
    for file in files:
        security = file.properties.get("NSAppTransportSecurity")
        if isinstance(security, dict) and security.get("NSAllowsArbitraryLoads") is True:
            yield finding("arbitrary-loads", None, "NSAllowsArbitraryLoads", file=file.path)
