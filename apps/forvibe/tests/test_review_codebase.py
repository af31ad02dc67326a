from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.forvibe.review.rules import CODEBASE_RULES
from apps.forvibe.tests.listings import ENGLISH, simulated

if TYPE_CHECKING:
    from apps.forvibe.job_types.review_simulation import Finding, Result

PLIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleName</key><string>$(PRODUCT_NAME)</string>{}</dict></plist>
"""
NO_KEYS = {"App/Info.plist": PLIST.format("")}


def with_key(key: str, purpose: str = "Scans the trail sign that you point at.") -> dict[str, str]:
    return {"App/Info.plist": PLIST.format(f"<key>{key}</key><string>{purpose}</string>")}


def code(text: str, path: str = "App/Trail.swift") -> dict[str, str]:
    return {path: text}


def codebase(files: dict[str, str]) -> Result:
    given = [{"path": path, "content": content} for path, content in files.items()]
    return simulated({"en-US": ENGLISH}, codebase={"files": given})


def findings(files: dict[str, str]) -> list[Finding]:
    review = codebase(files).codebase_review
    assert review is not None
    return review.findings


CAMERA = code("let session = AVCaptureSession()")
ATS = "<key>NSAppTransportSecurity</key><dict><key>NSAllowsArbitraryLoads</key><{}/></dict>"

CASES: dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]] = {
    "purpose-string-missing": (
        [
            CAMERA | NO_KEYS,
            NO_KEYS | code("manager.requestWhenInUseAuthorization()"),
            NO_KEYS | code("[session requestRecordPermission:^(BOOL ok) {}];", "App/Mic.m"),
            with_key("NSMicrophoneUsageDescription") | CAMERA,
        ],
        [
            CAMERA,
            CAMERA | with_key("NSCameraUsageDescription"),
            CAMERA | {"A.xcodeproj/project.pbxproj": "INFOPLIST_KEY_NSCameraUsageDescription = x;"},
            CAMERA | {"app.json": '{"infoPlist": {"NSCameraUsageDescription": "Scans signs."}}'},
            CAMERA | {"package.json": "{}"},
            NO_KEYS | code("// AVCaptureSession is not used"),
            NO_KEYS | code("let session = AVCaptureSession()", "AppTests/CameraTests.swift"),
            NO_KEYS | code("struct MyAVCaptureSessionLike {}"),
            NO_KEYS | code("AVCaptureSession", "README.md"),
        ],
    ),
    "tracking-purpose-missing": (
        [NO_KEYS | code("ATTrackingManager.requestTrackingAuthorization { _ in }")],
        [
            with_key("NSUserTrackingUsageDescription")
            | code("ATTrackingManager.requestTrackingAuthorization()")
        ],
    ),
    "purpose-string-vague": (
        [
            with_key("NSCameraUsageDescription", ""),
            with_key("NSCameraUsageDescription", "Camera"),
            with_key("NSCameraUsageDescription", "This app needs camera access."),
            with_key("NSCameraUsageDescription", "TODO: say why it is used here"),
        ],
        [with_key("NSCameraUsageDescription"), {"Broken.plist": "<plist><dict><key>"}, {"B.plist": "x"}],
    ),
    "arbitrary-loads": (
        [{"Info.plist": PLIST.format(ATS.format("true"))}],
        [{"Info.plist": PLIST.format(ATS.format("false"))}, NO_KEYS],
    ),
    "private-api": (
        [
            code("let web = UIWebView()"),
            code('NSClassFromString("_UIBackdropView")'),
            code('[self performSelector:NSSelectorFromString(@"_setTint:")];', "App/A.m"),
            code('open(URL(string: "App-Prefs:root=WIFI")!)'),
        ],
        [code("let web = WKWebView()"), code('NSClassFromString("Trail")'), code("// UIWebView is gone")],
    ),
    "test-server": (
        [
            code('let api = "http://localhost:3000"'),
            code('let api = "https://staging.trails.app/v1"'),
            code('fetch("http://192.168.0.7/x")', "src/api.ts"),
            code('let api = "https://api.example.com"'),
        ],
        [
            code('let api = "https://api.trails.app"'),
            code('let api = "http://localhost"', "AppTests/ApiTests.swift"),
            code('let api = "http://localhost"', "src/__mocks__/api.ts"),
            code('  // let api = "http://localhost"'),
            code("See https://test.trails.app", "README.md"),
        ],
    ),
    "external-payment": (
        [
            code("import StripePaymentSheet"),
            code("import { useStripe } from '@stripe/stripe-react-native'", "src/pay.tsx"),
            code("import 'package:flutter_stripe/flutter_stripe.dart';", "lib/pay.dart"),
        ],
        [code("import StoreKit"), code("let stripe = Stripes()"), code("important StripeLike")],
    ),
    "account-deletion-missing": (
        [code("Auth.auth().createUser(withEmail: email)"), code('Button("Sign up") {}')],
        [
            code("Auth.auth().createUser(withEmail: email)\nuser?.delete()"),
            code("createUser()") | code('Button("Delete my account") {}', "App/Settings.swift"),
            code("signIn()"),
            code("createUser()", "AppTests/SignUpTests.swift"),
        ],
    ),
    "secret-in-source": (
        [
            code(f'let key = "AKIA{"A" * 16}"'),
            {"config.json": f'{{"stripe": "sk_live_{"a1" * 12}"}}'},
            {"key.pem": "-----BEGIN RSA PRIVATE KEY-----"},
        ],
        [code('let key = "AKIA"'), code('let key = "pk_live_publishable"'), {"k": "BEGIN PUBLIC KEY"}],
    ),
}
SPEAKS = [(rule, files) for rule, (speaks, _) in CASES.items() for files in speaks]
SILENT = [(rule, files) for rule, (_, silent) in CASES.items() for files in silent]


@pytest.mark.parametrize(("rule", "files"), SPEAKS)
def test_a_rule_speaks_where_it_must(rule: str, files: dict[str, str]) -> None:
    assert rule in {finding.rule for finding in findings(files)}


@pytest.mark.parametrize(("rule", "files"), SILENT)
def test_a_rule_is_silent_where_it_must_be(rule: str, files: dict[str, str]) -> None:
    assert rule not in {finding.rule for finding in findings(files)}


def test_every_rule_has_files_on_which_it_speaks_and_is_silent() -> None:
    assert CODEBASE_RULES.keys() == CASES.keys()


def test_without_a_codebase_there_is_no_review_of_one() -> None:
    assert simulated({"en-US": ENGLISH}).codebase_review is None


def test_a_codebase_with_nothing_to_find_passes() -> None:
    review = codebase(code("import SwiftUI") | with_key("NSCameraUsageDescription")).codebase_review

    assert review is not None
    assert (review.status, review.files, review.findings) == ("pass", 2, [])


def test_a_finding_has_file_and_line_and_is_among_those_of_the_page() -> None:
    result = codebase(code("// UIWebView\nimport UIKit\n\nlet web = UIWebView()"))

    (finding,) = result.combined_findings
    assert (finding.file, finding.evidence) == ("App/Trail.swift:4", "UIWebView")
    assert (finding.locale, finding.field) == (None, None)
    assert result.codebase_review is not None
    assert result.codebase_review.status == "fail"
    assert result.overall_summary.verdict == "likely_rejected"


def test_a_secret_is_not_repeated_in_the_review() -> None:
    secret = f"sk_live_{'a1' * 12}"

    result = codebase(code(f'let key = "{secret}"'))

    assert result.combined_findings[0].evidence == "sk_l\u2026"
    assert secret[5:] not in result.model_dump_json()


def test_a_property_list_that_expands_itself_is_not_read() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">'
    bomb = f"<!DOCTYPE plist [{entities}]><plist><dict><key>&b;</key></dict></plist>"

    assert findings({"Info.plist": bomb}) == []
