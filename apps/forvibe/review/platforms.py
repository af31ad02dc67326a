"""Names that belong to others: other platforms and stores, popular apps, and Apple itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.page import PROSE, TITLES
from apps.forvibe.review.rules import Rule
from apps.forvibe.review.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

PLATFORM_IN_TITLE = Rule(
    "platform-in-title",
    "2.3.10",
    "high",
    "The {field} names another mobile platform or its store.",
    "Take it out: a page on the App Store is about the app on Apple's platforms.",
)
STORE_IN_TEXT = Rule(
    "store-in-text",
    "2.3.10",
    "high",
    "The {field} sends people to another platform or app store.",
    "Take it out: the page may not point to other mobile platforms or stores.",
)
PLATFORM_IN_TEXT = Rule(
    "platform-in-text",
    "2.3.10",
    "low",
    "The {field} names another mobile platform.",
    "Keep it only if the app works together with such devices and the text is about that.",
)
OTHER_APP = Rule(
    "other-app-in-keywords",
    "2.3.7",
    "high",
    "The {field} has the name of another app or company.",
    "Take it out: names of other apps and companies are not allowed there.",
)
OTHER_APP_IN_TITLE = Rule(
    "other-app-in-title",
    "2.3.7",
    "medium",
    "The {field} has the name of another app or company.",
    "Take it out, or have its owner's permission at hand when App Review asks.",
)
APPLE_IN_NAME = Rule(
    "apple-product-in-name",
    "5.2.5",
    "medium",
    "The name has the name of a product of Apple in it.",
    'Take it out; where it must be said, "for iPhone" at the end is how Apple lets it be said.',
)
ENDORSEMENT = Rule(
    "apple-endorsement",
    "5.2.4",
    "high",
    "The {field} suggests that Apple is behind the app or vouches for it.",
    "Take it out: Apple puts its own badges on the page when it features an app.",
)

STORES = Lexicon(
    """
    google play, play store, playstore, galaxy store, appgallery, app gallery, amazon appstore, f droid
    fdroid, apkpure, altstore, aptoide, available on android, available for android, also on android
    also for android, now on android, auch auf android, auch für android, aussi sur android
    también en android, también para android, também para android, anche su android, ook voor android
    アンドロイド版, android版
    """
)
PLATFORMS = Lexicon(
    "android, windows phone, harmonyos, harmony os, kaios, wear os, tizen, symbian",
    # Televisions and cars are no mobile platforms, and remote controls must say what they control.
    innocent="android tv, android auto, android box",
)
POPULAR_APPS = Lexicon(
    """
    instagram, facebook, whatsapp, tiktok, tik tok, snapchat, youtube, netflix, spotify, airbnb, twitter
    telegram, pinterest, linkedin, chatgpt, openai, minecraft, roblox, fortnite, pokemon, candy crush
    duolingo, tinder, strava, capcut, evernote, dropbox, gmail, google maps, google photos, waze, paypal
    venmo, shazam, wechat, reddit, tripadvisor, onlyfans, temu, shein, soundcloud, myfitnesspal
    microsoft, photoshop
    """
)
APPLE_PRODUCTS = Lexicon(
    """
    iphone, ipad, ipod, itunes, imessage, facetime, siri, airdrop, airpods, macbook, macos, ipados, watchos
    icloud, ios, app store, apple watch, apple music, apple tv, apple pay, apple maps, apple intelligence
    """,
    innocent="for iphone, for ipad, for mac, for macos, for apple watch, for apple tv, for ios, for icloud",
)
ENDORSEMENTS = Lexicon(
    """
    recommended by apple, endorsed by apple, approved by apple, certified by apple, sponsored by apple
    apple approved, apple certified, apple recommended, apple endorsed, official apple app, made by apple
    editors choice, editor s choice, apple s favorite, apple s favourite, von apple empfohlen
    recommande par apple, recomendado por apple, raccomandato da apple
    """
)
# What parts a name from its tagline.
SEPARATORS = (":", " - ", "\u2013", "\u2014", "|", "\u00b7", ",")


def other_platforms(page: Page) -> Iterator[Hit]:
    for field, text in page.some((*TITLES, "keywords")):
        for said in dict.fromkeys([*STORES.find(text), *PLATFORMS.find(text)]):
            yield PLATFORM_IN_TITLE.hit(field, said, page.locale)
    for field, text in page.some(PROSE):
        sent = list(STORES.find(text))
        yield from (STORE_IN_TEXT.hit(field, said, page.locale) for said in sent)
        if not sent:
            yield from (PLATFORM_IN_TEXT.hit(field, said, page.locale) for said in PLATFORMS.find(text))


def apple(page: Page) -> Iterator[Hit]:
    for field, text in page.some((*TITLES, *PROSE)):
        yield from (ENDORSEMENT.hit(field, said, page.locale) for said in ENDORSEMENTS.find(text))
    for field, text in page.some(("name",)):
        yield from (APPLE_IN_NAME.hit(field, said, page.locale) for said in APPLE_PRODUCTS.find(text))


def other_apps(pages: Sequence[Page]) -> Iterator[Hit]:
    """An app may say its own name, which is what comes before a tagline."""
    own = {_brand(page.raw("name")) for page in pages}
    for page in pages:
        for field, text in page.some(("keywords", *TITLES)):
            rule = OTHER_APP if field == "keywords" else OTHER_APP_IN_TITLE
            others = (said for said in POPULAR_APPS.find(text) if fold(said) not in own)
            yield from (rule.hit(field, said, page.locale) for said in others)


def _brand(name: str) -> str:
    head = name
    for separator in SEPARATORS:
        head = head.partition(separator)[0]
    return fold(head).strip()
