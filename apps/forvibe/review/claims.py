"""Claims that cannot be verified, or that App Review treats as misleading."""

from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.page import PROSE, TITLES, Page
from apps.forvibe.review.rules import Findings, search

SUPERLATIVES = Lexicon(
    """
    best, #1, no 1, nr 1, nº1, number one, number 1, top rated, top ranked, most popular, most downloaded
    most advanced, greatest, fastest, market leading, industry leading, world leading
    award winning, guaranteed, 100 guaranteed, 100 accurate
    der beste, die beste, das beste, le meilleur, la meilleure, les meilleurs, el mejor, la mejor
    los mejores, las mejores, il migliore, la migliore, o melhor, a melhor, de beste, lo mejor
    лучший, лучшая, лучшее, en iyi, 最佳, 最好的, 第一名, ナンバーワン, 최고의
    """,
    innocent="""
    best friend, best friends, best man, best before, best wishes, best practice, best practices, best of
    best buy, best western, personal best, personal bests, your best, my best
    greatest hits, second best, best ball, best time, best times, at best, guaranteed income
    """,
)
SUPERLATIVE_PHRASES = Lexicon(
    """
    world s best, worlds best, best app, best apps, #1 app, number one app, no 1 app, number 1 app
    the #1, the number one, top rated app, most popular app, leading app, beste app, meilleure app
    meilleure application, mejor app, mejor aplicación, migliore app, melhor app, melhor aplicativo
    лучшее приложение, 最好的应用, 最佳应用
    """
)
# The guideline itself names virus and malware scanners on iOS.
IMPOSSIBLE = Lexicon(
    """
    virus scanner, virus scan, antivirus, anti virus, virus removal, remove viruses, malware scanner
    malware scan, malware removal, ram cleaner, ram booster, clean your ram, battery booster
    boost your battery, double your battery, speed up your iphone, get rich quick, guaranteed profit
    guaranteed profits, guaranteed returns, guaranteed income, guaranteed winnings, risk free investment
    risk free profit, risk free profits, risk free returns, double your money, double your investment
    """
)
CURES = Lexicon(
    """
    cure cancer, cures cancer, cure diabetes, cures diabetes, cure depression, cures depression
    cure anxiety, cures anxiety, cure autism, cures autism, miracle cure, heals cancer, replaces your doctor
    replace your doctor, instead of a doctor, no doctor needed, without a doctor, medically proven
    clinically proven, clinically tested, fda approved, fda cleared, diagnose cancer, diagnoses cancer
    diagnose skin cancer, detect cancer, detects cancer, detect covid, x ray scanner, x ray camera
    blood pressure with your phone, blood pressure with the phone, blood pressure with your camera
    blood pressure with the camera, blood pressure with your finger, blood glucose with your phone
    temperature with your phone, thermometer with your finger
    """
)
KIDS = Lexicon(
    """
    for kids, for children, for toddlers, for babies, for preschoolers, für kinder, pour enfants
    pour les enfants, para niños, para crianças, per bambini, voor kinderen, для детей, 儿童专用
    """,
    innocent="safe for kids, not for kids, not for children, not suitable for children",
)
UNFINISHED = Lexicon(
    """
    beta, demo, prerelease, pre release, test version, test build, trial version, early access
    preview version, alpha version, testversion, version d essai, versión de prueba, versione di prova
    试用版, 測試版, 测试版, 体験版, ベータ版, 베타
    """,
    innocent="""
    beta fish, beta carotene, beta blocker, beta blockers, beta alanine, alpha beta, demo derby, beta test
    beta testers, beta reader, beta readers, demo reel, demo reels, demo tape
    bouldering beta, climbing beta, alpha beta gamma, beta decay
    """,
)
UNFINISHED_PHRASES = Lexicon(
    """
    beta version, beta release, beta build, this is a beta, still in beta, currently in beta, in open beta
    demo version, this is a demo, trial version, test version, test build, testflight, work in progress
    not finished yet, still under development, features coming soon, more features coming soon
    """
)
CLAIMS = (
    ("unverifiable-claim-in-title", TITLES, SUPERLATIVES),
    ("unverifiable-claim-in-text", PROSE, SUPERLATIVE_PHRASES),
    ("misleading-claim", (*TITLES, *PROSE, "keywords"), IMPOSSIBLE),
    ("medical-claim", (*TITLES, *PROSE, "keywords"), CURES),
    ("for-kids", (*TITLES, "promotional_text"), KIDS),
    ("unfinished-in-title", TITLES, UNFINISHED),
    ("unfinished-in-text", PROSE, UNFINISHED_PHRASES),
)


def claims(page: Page) -> Findings:
    for rule, fields, lexicon in CLAIMS:
        yield from search(rule, page, fields, lexicon.find)
