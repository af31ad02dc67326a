"""Prices where none should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.page import TITLES
from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit
    from apps.forvibe.review.text import Text

PRICE_IN_TITLE = Rule(
    "price-in-title",
    "2.3.7",
    "high",
    "The {field} speaks of a price.",
    "Take it out: the App Store shows the price itself, in each country's currency.",
)
PRICE_IN_KEYWORDS = Rule(
    "price-in-keywords",
    "2.3.7",
    "medium",
    "The keyword field speaks of a price.",
    "Take it out and use the room for a word that says what the app does.",
)
AD_FREE_IN_TITLE = Rule(
    "ad-free-in-title",
    "2.3.7",
    "medium",
    'The {field} says "free": reviewers have taken even "ad free" for a price.',
    "Say it in the description instead.",
)
# App Store, "Creating Your Product Page": "avoid including specific prices in your app description".
PRICE_IN_TEXT = Rule(
    "price-in-text",
    "2.3.7",
    "info",
    "The {field} names a price, which is another in other countries and goes out of date.",
    "Leave amounts to the App Store, unless you must state the terms of a subscription.",
)

# The word in the languages of the App Store.
FREE = Lexicon(
    """
    free, freeware, free trial, for free, no cost, half price, kostenlos, kostenfrei, umsonst, gratis
    gratuit, gratuite, gratuits, gratuites, gratuito, gratuita, gratuitos, gratuitas, ilmainen, ilmaiseksi
    darmowy, darmowa, darmowe, za darmo, zdarma, zadarmo, ingyenes, besplatno, brezplačno, δωρεάν
    бесплатно, бесплатный, бесплатная, безкоштовно, безкоштовний, ücretsiz, bedava, miễn phí, percuma
    חינם, مجاني, مجانا, मुफ्त, ฟรี, 無料, 免费, 免費, 무료
    """,
    innocent="""
    gluten free, sugar free, dairy free, lactose free, nut free, meat free, fat free, carb free, smoke free
    caffeine free, alcohol free, drug free, cruelty free, hands free, hassle free, stress free, worry free
    pain free, debt free, duty free, tax free, royalty free, distraction free, toll free, care free
    barrier free, free fall, free range, free style, free throw, free kick, free diving, free running
    free climbing, free hand, free spirit, free will, free weight, free weights, free time, free form
    free fire, break free, set free, get free, stay free, feel free, free agent, free cell, free solo
    free ride, free roam, free flow, ฟรีแลนซ์, 무료함
    """,
)
AD_FREE = Lexicon("ad free, ads free, free of ads, adfree, werbefrei")

SYMBOLS = "$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20aa\u0e3f\u20ab\u20b4\u20a6"
# Few codes and words, because "CAD 2D" and "Euro 2024" are no prices.
AFTER = rf"[{SYMBOLS}\u5143\u5186]|(?:usd|eur|gbp|dollars?|euros?|bucks|rupees)\b"
AMOUNT = re.compile(
    rf"(?:[{SYMBOLS}]|\b(?:usd|eur|gbp|inr|chf)) ?\d[\d.,]{{0,12}}"
    rf"|(?<![\d.,])\d[\d.,]{{0,12}} ?(?:{AFTER})"
)
PER_CENT_OFF = re.compile(r"(?<!\d)\d{1,3} ?% ?(?:off|rabatt|de descuento|de reduction|di sconto|korting)\b")


def prices_in_titles(page: Page) -> Iterator[Hit]:
    for field, text in page.some(TITLES):
        without = list(AD_FREE.find(text))
        yield from (AD_FREE_IN_TITLE.hit(field, said, page.locale) for said in without)
        found = [*_amounts(text), *(() if without else FREE.find(text))]
        yield from (PRICE_IN_TITLE.hit(field, said, page.locale) for said in found)


def prices_in_keywords(page: Page) -> Iterator[Hit]:
    for field, text in page.some(("keywords",)):
        yield from (PRICE_IN_KEYWORDS.hit(field, said, page.locale) for said in FREE.find(text))


def prices_in_prose(page: Page) -> Iterator[Hit]:
    for field, text in page.some(("promotional_text", "description")):
        for amount in _amounts(text):
            yield PRICE_IN_TEXT.hit(field, amount, page.locale)


def _amounts(text: Text) -> Iterator[str]:
    for pattern in (AMOUNT, PER_CENT_OFF):
        yield from (text.excerpt(*found.span()) for found in pattern.finditer(text.folded))
