"""Each rule with pages that it must report, and with pages that it must not."""

from __future__ import annotations

import pytest

from apps.forvibe.app_store import Listing
from apps.forvibe.review.rules import PAGE_RULES, read_rules
from apps.forvibe.tests.listings import ENGLISH, found, reviewed

# By rule: the field, texts that must be reported, and texts that must not.
CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "name-too-long": ("name", ["Trail Ledger: hikes, mapped, kept"], ["Trail Ledger: hikes and a map!"]),
    "name-too-short": ("name", ["X"], ["Go", "東京"]),
    "text-too-long": (
        "keywords",
        [",".join(["hike"] * 21), "登" * 101],
        ["登" * 100],
    ),
    "placeholder-text": (
        "description",
        [
            "Lorem ipsum dolor sit amet",
            "LOREM-IPSUM",
            "Welcome to Your App Name.",
            "your_app_name helps you",
            "Hello {{user_name}}, welcome",
            "Only ${price} a week",
            "Hi {name}",
            "Hello %s!",
            "%@ is great",
            "[Your description]",
            "<insert text>",
            "A map. TODO: write more",
            "TODO",
            "TBD: text",
            "xxx",
            "Maps and XXXXX",
            "asdf asdf",
        ],
        [
            "A todo list for hikers",
            "Your TODO LIST, sorted",
            "Loremaster of hikes",
            "Ipsum is Latin",
            "Battery at 100% @ noon",
            "Foxxx on the trail",
            "Use a placeholder image where a photo is missing",
            "Set {a, b} of [gear], {tags} too",
            "100%s of it",
            "Up 5% said I",
            "2 < 3 > 1",
        ],
    ),
    "placeholder-name": ("name", ["My App", "test", "Untitled"], ["My Apple Tree", "IQ Test", "Tested"]),
    "whats-new-says-nothing": (
        "whats_new",
        ["test", "Update!", "-", "N/A", "New version", "..."],
        ["Bug fixes.", "Bug fixes and performance improvements.", "新機能を追加しました", "GPX"],
    ),
    "price-in-title": (
        "name",
        [
            "Trail Ledger Free",
            "FREE Trail Ledger",
            "Frée Trails",
            "\uff26\uff32\uff25\uff25 Trails",
            "Trails for $1.99",
            "Trails 2,99 €",
            "Trails EUR 3",
            "50% off Trails",
            "Wandern kostenlos",
            "Senderos gratis",
            "無料登山地図",
            "무료 지도",
            "Бесплатно: карты",
        ],
        [
            "Freedom Trails",
            "Trails of the Freehold",
            "Gluten-Free Finder",
            "Hands Free Recorder",
            "Smoke-free Days",
            "Ad-Free Trails",
            "Free Solo Climber",
            "CAD 2D Viewer",
            "Euro 2024 Scores",
            "100% Trails",
            "Route 66",
            "ฟรีแลนซ์ ไทย",
        ],
    ),
    "price-in-keywords": ("keywords", ["free,hike", "gratis,wandern"], ["freedom,hike", "sugar free,hike"]),
    "ad-free-in-title": ("subtitle", ["Hiking, ad-free", "Ad free maps"], ["Add freely", "Freely add maps"]),
    "price-in-text": ("description", ["Plus costs $9.99 a year."], ["It has 9,999 peaks."]),
    "platform-in-title": (
        "subtitle",
        ["Like on Android", "Now on Google Play", "ANDROID", "Maps for HarmonyOS"],
        ["Androids dream", "Remote for Android TV", "Play stories", "Paranoid"],
    ),
    "store-in-text": (
        "description",
        ["Get it on Google Play!", "Also on Android.", "Available for Android phones", "Auch für Android"],
        ["Play a store owner.", "It controls your Android TV.", "Connects to Android phones by Bluetooth."],
    ),
    "platform-in-text": (
        "description",
        ["Sends photos to Android phones."],
        ["Controls your Android TV and Android Auto.", "A game about androids.", "Also on Android."],
    ),
    "other-app-in-keywords": (
        "keywords",
        ["hike,Instagram", "you tube,youtube", "Pokémon"],
        ["instant,grammar", "facebooking", "hike"],
    ),
    "other-app-in-title": ("subtitle", ["Better than TikTok"], ["Tick, tock", "Hikes and maps"]),
    "apple-product-in-name": (
        "name",
        ["iPhone Hiker", "Siri Trails", "Trail App Store"],
        ["Trails for iPhone", "Apple Pie Recipes", "Siria Travel"],
    ),
    "apple-endorsement": (
        "description",
        ["Recommended by Apple.", "An Editor's Choice", "Apple-certified maps"],
        ["Recommended by hikers.", "Apple recipes", "The editor chooses."],
    ),
    "unverifiable-claim-in-title": (
        "subtitle",
        [
            "The best maps",
            "BEST hikes",
            "#1 for hikers",
            "No. 1 hiking map",
            "World's best maps",
            "最佳登山地图",
        ],
        [
            "Bestow a hike",
            "Best Friends hike",
            "Your personal best",
            "Asbestos finder",
            "#10 in the row",
            "Pleading hikers",
            "Leading the way",
            "Best practices",
        ],
    ),
    "unverifiable-claim-in-text": (
        "description",
        ["The best app for hikers.", "It is the #1.", "World\u2019s best maps"],
        ["Hike at your best.", "The best. Apps are hard.", "The world's highest peaks", "Best in autumn"],
    ),
    "misleading-claim": (
        "description",
        ["A virus scanner for your phone", "Get rich quick!", "Guaranteed returns every day"],
        ["Rich, quick dishes", "Learn how viruses spread", "Returns are accepted"],
    ),
    "medical-claim": (
        "description",
        ["It cures diabetes.", "Clinically proven", "Measures blood pressure with the camera"],
        [
            "Log the blood pressure you measured.",
            "Measures blood pressure with your cuff",
            "The Cure and other bands",
            "Proven on the trail",
        ],
    ),
    "for-kids": ("subtitle", ["Hiking for kids", "Wandern für Kinder"], ["Kidney health", "Goat kid names"]),
    "unfinished-in-title": (
        "name",
        ["Trail Ledger Beta", "Trails (Demo)", "Trail Ledger ベータ版"],
        ["Alphabet Trails", "Democracy Quiz", "Beta Fish Care", "Driving Test", "Betacular"],
    ),
    "unfinished-in-text": (
        "whats_new",
        ["This is a beta version.", "More features coming soon"],
        ["Fixed in the beta blocker list.", "Alphabetical lists", "Demonstrations added"],
    ),
    "duplicate-keyword": ("keywords", ["hike,map,Hike", "höhe,map,hohe"], ["hike,hiker,map"]),
    "plural-keyword": (
        "keywords",
        ["hike,hikes", "pass,passes", "story,stories"],
        ["hike,hiking", "new,news", "gas,gps", "bus,bust"],
    ),
    "keyword-in-title": ("keywords", ["trail,map", "map,LEDGER"], ["trials,map,the,and"]),
    "category-as-keyword": ("keywords", ["app,map", "map,Travel"], ["apple,map", "travel guide,map"]),
    "space-after-comma": ("keywords", ["hike, map", "hike ,map"], ["hike,real estate", "national park"]),
    "blank-keyword": ("keywords", ["hike,,map", "hike,map,"], ["hike,map"]),
    "keywords-without-commas": (
        "keywords",
        ["hike;map;peak", "hike map peak summit gps track", "登山、地図、標高"],
        ["hike", "national parks of america"],
    ),
    "short-keyword": ("keywords", ["hike,xy"], ["hike,map", "登山,地図", "산,지도"]),
    "special-character-in-keyword": ("keywords", ["#hike,map", "hike@home"], ["hike,c++,r&b"]),
    "malformed-url": (
        "support_url",
        [
            "trailledger.app",
            "mailto:a@b.com",
            "ftp://a.app",
            "https://",
            "https:// x.com",
            "http://[",
            "https://nohost",
        ],
        ["https://trailledger.app/a?b=c#d", "https://münchen.de"],
    ),
    "placeholder-url": (
        "privacy_policy_url",
        [
            "https://example.com/p",
            "http://localhost:80",
            "https://www.yourdomain.com",
            "https://192.168.0.4/",
            "http://[::1]/",
            "https://a.ngrok.io",
        ],
        [
            "https://examples.company/p",
            "https://mydomains.io",
            "https://myexample.com",
            "https://8.8.8.8/privacy",
        ],
    ),
    "insecure-support-url": ("support_url", ["http://trailledger.app"], ["HTTPS://trailledger.app"]),
    "insecure-privacy-policy-url": ("privacy_policy_url", ["http://a.app"], ["https://a.app/http://"]),
    "link-in-title": (
        "subtitle",
        ["See https://a.app", "www.trails.app", "me@trails.app", "More on trails.com"],
        ["Hikes & maps", "Version 2.0 is here", "Maps.Routes.Peaks"],
    ),
    "placeholder-link": (
        "description",
        ["See http://example.com.", "Terms: https://terms.test/x"],
        ["See https://trails.app."],
    ),
    "link-to-other-store": (
        "marketing_url",
        ["https://play.google.com/store/apps/details?id=x"],
        ["https://play.google.company.app", "https://apps.apple.com/app/id1"],
    ),
    "link-in-promotional-text": ("promotional_text", ["Now on https://a.app"], ["Now in 40 parks"]),
    "repeated-punctuation-in-title": (
        "name",
        ["Trails!!", "Trails...", "- - Tr--ails"],
        ["Trails!", "A.B.C."],
    ),
    "repeated-punctuation": ("description", ["Hike!!!", "Why???"], ["Hike! Why? Well...", "Hike!!"]),
    "capitals-in-title": ("name", ["TRAIL LEDGER"], ["Trail LEDGER", "NASA", "IKEA GO", "登山地図"]),
    "capitals-in-text": (
        "description",
        ["HIKE NOW AND SEE ALL THE PEAKS OF HOME"],
        ["FEATURES OF THIS APP\nMaps", "USA, UK, EU"],
    ),
    "emoji-in-title": ("name", ["Trails 🏔", "★ Trails"], ["Trails™", "Trails №5", "Trails °C"]),
    "styled-letters": (
        "name",
        ["\U0001d5e7\U0001d5ff\U0001d5ee\U0001d5f6\U0001d5f9\U0001d600"],
        ["Tràils", "\uff34\uff52\uff41\uff49\uff4c\uff53"],
    ),
    "invisible-character": (
        "description",
        ["Hike\u200b now", "Hike\u202e now", "Hike\x00"],
        ["Hike\n\tnow", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "👨\u200d👩\u200d👧"],
    ),
    "damaged-text": (
        "description",
        ["It\u00e2\u20ac\u2122s here", "CafÃ©", "\ufffd"],
        ["Café à la crème", "São"],
    ),
    "markup-in-text": ("description", ["<b>Maps</b>", "a&nbsp;b", "line<br/>line"], ["a < b > c", "R&B"]),
    "subtitle-repeats-name": ("subtitle", ["trail ledger"], ["Trail Ledger Plus"]),
    "missing-text": ("description", ["", " \n"], ["Maps."]),
    "missing-support-url": ("support_url", [""], ["https://trailledger.app"]),
    "missing-privacy-policy": ("privacy_policy_url", [""], ["https://trailledger.app"]),
}
# Rules about several locales or a codebase have tests of their own.
ELSEWHERE = {"url-of-some-locales", "whats-new-of-some-locales", "untranslated", "other-script"}
SPEAKS = [(rule, field, text) for rule, (field, speaks, _) in CASES.items() for text in speaks]
SILENT = [(rule, field, text) for rule, (field, _, silent) in CASES.items() for text in silent]


@pytest.mark.parametrize(("rule", "field", "text"), SPEAKS)
def test_a_rule_speaks_where_it_must(rule: str, field: str, text: str) -> None:
    result = reviewed(**{field: text})

    reported = [finding for finding in result.combined_findings if finding.rule == rule]
    assert reported, found(result)
    assert {finding.field for finding in reported} == {field}


@pytest.mark.parametrize(("rule", "field", "text"), SILENT)
def test_a_rule_is_silent_where_it_must_be(rule: str, field: str, text: str) -> None:
    assert rule not in found(reviewed(**{field: text}))


def test_every_rule_has_pages_on_which_it_speaks_and_is_silent() -> None:
    assert PAGE_RULES.keys() == CASES.keys() | ELSEWHERE
    assert all(speaks and silent for _, speaks, silent in CASES.values())


def test_every_rule_has_an_id_of_its_own_and_rests_on_a_guideline() -> None:
    with pytest.raises(ValueError, match="no guideline"):
        read_rules("made-up 2.3.99 low\nMessage.\nFix.")
    with pytest.raises(ValueError, match="defined twice"):
        read_rules("made-up 2.3 low\nMessage.\nFix.\n\nmade-up 2.1 low\nMessage.\nFix.")


@pytest.mark.parametrize("field", Listing.model_fields)
def test_no_field_of_a_clean_page_is_found_fault_with(field: str) -> None:
    assert reviewed().metadata_review[field].status == "pass"


def test_evidence_is_quoted_from_the_field_unchanged() -> None:
    (finding,) = (each for each in reviewed(name="Tr\u00e4ils FR\u00c9E").combined_findings)

    assert finding.evidence == "FR\u00c9E"


def test_repeated_keywords_are_shown_as_they_are_spelt() -> None:
    result = reviewed(name="H\u00f6hen", keywords="H\u00f6he,map,HOHE,h\u00f6hen")

    reported = {finding.rule: finding.evidence for finding in result.combined_findings}
    assert reported == {"duplicate-keyword": "H\u00f6he,HOHE", "keyword-in-title": "h\u00f6hen"}


def test_a_finding_names_apples_rule_the_place_and_what_to_do() -> None:
    (finding,) = reviewed(subtitle="Hikes for $3").combined_findings

    assert finding.model_dump() == {
        "rule": "price-in-title",
        "source": "rule",
        "guideline": "2.3.7",
        "guideline_title": "Accurate Metadata",
        "severity": "high",
        "locale": "en-US",
        "field": "subtitle",
        "file": None,
        "message": "The subtitle mentions a price.",
        "evidence": "$3",
        "suggested_fix": "Remove it: the App Store shows the price in each country's currency.",
    }


@pytest.mark.parametrize(("locale", "spoken"), [("en-US", True), ("es-ES", False), ("pt-BR", False)])
def test_todo_in_capitals_is_everything_in_spanish(locale: str, spoken: bool) -> None:
    result = reviewed(locale, description="TODO: lo que necesitas en la montaña")

    assert ("placeholder-text" in found(result)) is spoken


def test_a_zero_width_space_is_how_thai_marks_a_line_break() -> None:
    assert "invisible-character" in found(reviewed(description="Hike\u200bnow"))
    assert "invisible-character" not in found(reviewed("th", description="เดินป่า\u200bทุกวัน"))


@pytest.mark.parametrize("name", ["Instagram", "Instagram: share photos"])
def test_an_app_may_say_its_own_name(name: str) -> None:
    result = reviewed(name=name, keywords="photo,instagram,share")

    assert not {"other-app-in-title", "other-app-in-keywords"} & found(result)


def test_one_rule_is_reported_three_times_per_field_and_never_twice_for_the_same_words() -> None:
    result = reviewed(description="$1 $2 $3 $4 $5", promotional_text="$1 $1")

    assert [finding.evidence for finding in result.metadata_review["description"].findings] == [
        "$1",
        "$2",
        "$3",
    ]
    assert [finding.evidence for finding in result.metadata_review["promotional_text"].findings] == ["$1"]


def test_the_clean_page_says_something_in_every_field() -> None:
    assert ENGLISH.keys() == Listing.model_fields.keys()
