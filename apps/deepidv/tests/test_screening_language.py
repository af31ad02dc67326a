"""Texts are recognised as English by their letters and their common words."""

# ruff: noqa: RUF001 - texts of other scripts

from __future__ import annotations

import pytest

from apps.deepidv.screening.language import is_english

ENGLISH = [
    "John Doe jailed",
    "Fraudster John Doe jailed for six years",
    "MAYOR JOHN DOE CHARGED IN CORRUPTION PROBE",
    "Ludwig van der Berg, Maria de la Cruz convicted",
    "John Doe (Джон Доу) was convicted of fraud in Moscow on Monday, the agency TASS reported.",
    "",
    "12345 -- 67",
    "A court in Linz convicted the banker on Monday. He had taken millions from his clients, judges found, "
    "and hidden the money in Panama. Three others await trial in Vienna.",
]
OTHERS = [
    "Джон Доу был осуждён за мошенничество.",
    "أدين جون دو بتهمة الاحتيال يوم الاثنين في لندن",
    "约翰·多伊因欺诈罪被判有罪。",
    "John Doe 因欺诈罪被判有罪",
    "ジョン・ドウは詐欺で有罪判決を受けた。",
    "जॉन डो को धोखाधड़ी का दोषी ठहराया गया।",
    "John Doe wurde wegen Betrugs zu drei Jahren Haft verurteilt.",
    "John Doe a été condamné pour fraude dans une affaire de corruption.",
    "John Doe fue condenado por fraude en Madrid.",
    "John Doe foi condenado por fraude em Lisboa.",
    "John Doe werd veroordeeld wegens fraude en is naar de gevangenis gebracht.",
    "John Doe został skazany za oszustwo przez sąd w Warszawie.",
    "John Doe dömdes för bedrägeri och fick två års fängelse.",
    "Helsingin käräjäoikeus tuomitsi John Doen törkeästä petoksesta kolmeksi vuodeksi vankeuteen. Oikeuden "
    "mukaan hän oli johtanut sijoittajia harhaan vuosien ajan ja siirtänyt rahat ulkomaisille tileille. "
    "Syyttäjä vaati neljän vuoden rangaistusta, mutta puolustus kiisti kaikki syytteet alusta lähtien.",
    "Mahkeme, John Doe hakkında dolandırıcılık suçundan üç yıl hapis cezası verdi. Savcı, sanığın yıllarca "
    "yatırımcıları kandırdığını ve paraları yurt dışındaki hesaplara aktardığını söyledi. Savunma avukatları "
    "ise bütün suçlamaları reddetti ve karara itiraz edeceklerini açıkladı.",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_taken_for_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages_are_not(text: str) -> None:
    assert not is_english(text)


def test_a_few_unclear_words_are_taken_for_english() -> None:
    assert is_english("John Doe condannato")
    assert not is_english("condannato " * 30)
