"""What an app asks its users for, and whether it tells them why.

Nothing is concluded from what was not given: a purpose string is missing only where a file that could
declare it is among the files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from apps.forvibe.review.rules import Hit
    from apps.forvibe.review.source import Source

NO_PURPOSE = Rule(
    "purpose-string-missing",
    "5.1.1(ii)",
    "critical",
    "The app uses {api}, and no {key} says why: it ends at that point, and is rejected.",
    "Add {key} to Info.plist, with a sentence on what the data is used for.",
)
NO_TRACKING_PURPOSE = Rule(
    "tracking-purpose-missing",
    "5.1.2",
    "critical",
    "The app asks to track people, and no {key} says why.",
    "Add {key} to Info.plist, with a sentence on what the data is used for.",
)
VAGUE_PURPOSE = Rule(
    "purpose-string-vague",
    "5.1.1(ii)",
    "high",
    "{key} does not say what the data is used for.",
    "Name the feature that needs it, with an example.",
)
ARBITRARY_LOADS = Rule(
    "arbitrary-loads",
    "1.6",
    "medium",
    "NSAllowsArbitraryLoads turns App Transport Security off for every host.",
    "Take it out, or make exceptions for the hosts that need one and justify them to App Review.",
)

# Apple's documentation of "Protected resources" (Bundle Resources): any of the keys will do.
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


def missing_purposes(files: Sequence[Source]) -> Iterator[Hit]:
    declaring = [file for file in files if file.declares]
    declared = {key for file in declaring for key in KEY.findall(file.content)}
    if not any(file.path.endswith((".plist", ".pbxproj")) or declared for file in declaring):
        return
    for api, (pattern, keys) in APIS.items():
        if declared.isdisjoint(keys) and (found := _first(pattern, files)):
            rule = NO_TRACKING_PURPOSE if api == "tracking" else NO_PURPOSE
            evidence, where = found
            yield rule.hit(None, evidence, file=where, api=api, key=keys[0])


def vague_purposes(files: Sequence[Source]) -> Iterator[Hit]:
    for file in files:
        for key, purpose in file.properties.items():
            if KEY.fullmatch(key) and isinstance(purpose, str) and VAGUE.search(purpose.strip()):
                yield VAGUE_PURPOSE.hit(None, purpose, file=file.path, key=key)


def transport(files: Sequence[Source]) -> Iterator[Hit]:
    for file in files:
        security = file.properties.get("NSAppTransportSecurity")
        if isinstance(security, dict) and security.get("NSAllowsArbitraryLoads") is True:
            yield ARBITRARY_LOADS.hit(None, "NSAllowsArbitraryLoads", file=file.path)


def _first(pattern: re.Pattern[str], files: Sequence[Source]) -> tuple[str, str] | None:
    """What is found first in the code that ships, and where."""
    for file in files:
        if file.ships and (found := pattern.search(file.code)):
            return found[0], file.line(file.code, found.start())
    return None
