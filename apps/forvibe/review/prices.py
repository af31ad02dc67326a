"""Prices in fields where they do not belong."""

import re
from collections.abc import Iterator

from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.page import TITLES, Page, Text
from apps.forvibe.review.rules import Findings, search

# "Free" in the languages of the App Store.
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
# Only a few codes and words: "CAD 2D" and "Euro 2024" are not prices.
AFTER = rf"[{SYMBOLS}\u5143\u5186]|(?:usd|eur|gbp|dollars?|euros?|bucks|rupees)\b"
AMOUNT = re.compile(
    rf"(?:[{SYMBOLS}]|\b(?:usd|eur|gbp|inr|chf)) ?\d[\d.,]{{0,12}}"
    rf"|(?<![\d.,])\d[\d.,]{{0,12}} ?(?:{AFTER})"
)
PER_CENT_OFF = re.compile(r"(?<!\d)\d{1,3} ?% ?(?:off|rabatt|de descuento|de reduction|di sconto|korting)\b")


def prices(page: Page) -> Findings:
    yield from search("ad-free-in-title", page, TITLES, AD_FREE.find)
    yield from search("price-in-title", page, TITLES, _prices_in_title)
    yield from search("price-in-keywords", page, ("keywords",), FREE.find)
    # App Store, "Creating Your Product Page": "avoid including specific prices in your app description".
    yield from search("price-in-text", page, ("promotional_text", "description"), _amounts)


def _prices_in_title(text: Text) -> Iterator[str]:
    yield from _amounts(text)
    if not any(AD_FREE.find(text)):
        yield from FREE.find(text)


def _amounts(text: Text) -> Iterator[str]:
    for pattern in (AMOUNT, PER_CENT_OFF):
        yield from text.folded_matches(pattern)
