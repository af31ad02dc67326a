"""Names that belong to others: other platforms and stores, popular apps, and Apple itself."""

from collections.abc import Iterator, Sequence

from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.page import PROSE, TITLES, Page, Text, fold
from apps.forvibe.review.rules import Findings, finding, search

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
    # Televisions and cars are not mobile platforms, and remote controls must say what they control.
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
# Between an app's own name and its tagline.
SEPARATORS = (":", " - ", "\u2013", "\u2014", "|", "\u00b7", ",")


def platforms(page: Page) -> Findings:
    for lexicon in (STORES, PLATFORMS):
        yield from search("platform-in-title", page, (*TITLES, "keywords"), lexicon.find)
    yield from search("store-in-text", page, PROSE, STORES.find)
    yield from search("platform-in-text", page, PROSE, _platforms_without_stores)
    yield from search("apple-endorsement", page, (*TITLES, *PROSE), ENDORSEMENTS.find)
    yield from search("apple-product-in-name", page, ("name",), APPLE_PRODUCTS.find)


def other_apps(pages: Sequence[Page]) -> Findings:
    """Find names of popular apps, except the app's own name: the part before a tagline."""
    own = {_brand(page.raw("name")) for page in pages}
    for page in pages:
        for field, text in page.some(("keywords", *TITLES)):
            rule = "other-app-in-keywords" if field == "keywords" else "other-app-in-title"
            others = (name for name in POPULAR_APPS.find(text) if fold(name) not in own)
            yield from (finding(rule, field, name, page.locale) for name in others)


def _platforms_without_stores(text: Text) -> Iterator[str]:
    if not any(STORES.find(text)):
        yield from PLATFORMS.find(text)


def _brand(name: str) -> str:
    head = name
    for separator in SEPARATORS:
        head = head.partition(separator)[0]
    return fold(head).strip()
