"""English names and adjectives of countries, by the officially assigned codes of ISO 3166-1 alpha-2."""

_NAMES = """
AD Andorra|Andorran; AE United Arab Emirates|UAE|Emirati|Dubai; AF Afghanistan|Afghan; AG Antigua;
AI Anguilla; AL Albania|Albanian; AM Armenia|Armenian; AO Angola|Angolan; AQ Antarctica;
AR Argentina|Argentine|Argentinian; AS American Samoa; AT Austria|Austrian; AU Australia|Australian;
AW Aruba|Aruban; AX Åland; AZ Azerbaijan|Azerbaijani; BA Bosnia|Bosnian; BB Barbados|Barbadian;
BD Bangladesh|Bangladeshi; BE Belgium|Belgian; BF Burkina Faso|Burkinabe; BG Bulgaria|Bulgarian;
BH Bahrain|Bahraini; BI Burundi|Burundian; BJ Benin|Beninese; BL Saint Barthélemy; BM Bermuda|Bermudian;
BN Brunei|Bruneian; BO Bolivia|Bolivian; BQ Bonaire; BR Brazil|Brazilian; BS Bahamas|Bahamian;
BT Bhutan|Bhutanese; BV Bouvet Island; BW Botswana; BY Belarus|Belarusian; BZ Belize|Belizean;
CA Canada|Canadian; CC Cocos Islands; CD Democratic Republic of the Congo|DR Congo|DRC;
CF Central African Republic; CG Republic of the Congo; CH Switzerland|Swiss;
CI Ivory Coast|Côte d'Ivoire|Ivorian; CK Cook Islands; CL Chile|Chilean; CM Cameroon|Cameroonian;
CN China|Chinese; CO Colombia|Colombian; CR Costa Rica|Costa Rican; CU Cuba|Cuban; CV Cape Verde|Cabo Verde;
CW Curaçao; CX Christmas Island; CY Cyprus|Cypriot; CZ Czech Republic|Czechia|Czech; DE Germany|German;
DJ Djibouti|Djiboutian; DK Denmark|Danish|Dane; DM Dominica; DO Dominican Republic; DZ Algeria|Algerian;
EC Ecuador|Ecuadorian; EE Estonia|Estonian; EG Egypt|Egyptian; EH Western Sahara; ER Eritrea|Eritrean;
ES Spain|Spanish|Spaniard; ET Ethiopia|Ethiopian; FI Finland|Finnish|Finn; FJ Fiji|Fijian;
FK Falkland Islands; FM Micronesia; FO Faroe Islands|Faroese; FR France|French; GA Gabon|Gabonese;
GB United Kingdom|UK|Britain|British|England|English|Scotland|Scottish|Wales|Welsh|Northern Ireland|London;
GD Grenada|Grenadian; GE Georgia|Georgian; GF French Guiana; GG Guernsey; GH Ghana|Ghanaian;
GI Gibraltar|Gibraltarian; GL Greenland; GM Gambia|Gambian; GN Guinea|Guinean; GP Guadeloupe;
GQ Equatorial Guinea; GR Greece|Greek; GS South Georgia; GT Guatemala|Guatemalan; GU Guam; GW Guinea-Bissau;
GY Guyana|Guyanese; HK Hong Kong; HM Heard Island; HN Honduras|Honduran; HR Croatia|Croatian;
HT Haiti|Haitian; HU Hungary|Hungarian; ID Indonesia|Indonesian; IE Ireland|Irish; IL Israel|Israeli;
IM Isle of Man|Manx; IN India|Indian; IO British Indian Ocean Territory; IQ Iraq|Iraqi; IR Iran|Iranian;
IS Iceland|Icelandic; IT Italy|Italian; JE Jersey; JM Jamaica|Jamaican; JO Jordan|Jordanian;
JP Japan|Japanese; KE Kenya|Kenyan; KG Kyrgyzstan|Kyrgyz; KH Cambodia|Cambodian; KI Kiribati;
KM Comoros|Comorian; KN Saint Kitts|St Kitts; KP North Korea|North Korean; KR South Korea|South Korean;
KW Kuwait|Kuwaiti; KY Cayman Islands|Caymanian; KZ Kazakhstan|Kazakh; LA Laos|Laotian; LB Lebanon|Lebanese;
LC Saint Lucia|St Lucia; LI Liechtenstein; LK Sri Lanka|Sri Lankan; LR Liberia|Liberian; LS Lesotho;
LT Lithuania|Lithuanian; LU Luxembourg; LV Latvia|Latvian; LY Libya|Libyan; MA Morocco|Moroccan;
MC Monaco|Monegasque; MD Moldova|Moldovan; ME Montenegro|Montenegrin; MF Saint Martin;
MG Madagascar|Malagasy; MH Marshall Islands; MK North Macedonia|Macedonia|Macedonian; ML Mali|Malian;
MM Myanmar|Burma|Burmese; MN Mongolia|Mongolian; MO Macau|Macao; MP Northern Mariana Islands; MQ Martinique;
MR Mauritania|Mauritanian; MS Montserrat; MT Malta|Maltese; MU Mauritius|Mauritian; MV Maldives|Maldivian;
MW Malawi|Malawian; MX Mexico|Mexican; MY Malaysia|Malaysian; MZ Mozambique|Mozambican; NA Namibia|Namibian;
NC New Caledonia; NE Niger|Nigerien; NF Norfolk Island; NG Nigeria|Nigerian; NI Nicaragua|Nicaraguan;
NL Netherlands|Dutch|Holland; NO Norway|Norwegian; NP Nepal|Nepali|Nepalese; NR Nauru|Nauruan; NU Niue;
NZ New Zealand|New Zealander; OM Oman|Omani; PA Panama|Panamanian; PE Peru|Peruvian; PF French Polynesia;
PG Papua New Guinea; PH Philippines|Philippine|Filipino|Filipina; PK Pakistan|Pakistani;
PL Poland|Polish|Pole; PM Saint Pierre; PN Pitcairn; PR Puerto Rico|Puerto Rican; PS Palestine|Palestinian;
PT Portugal|Portuguese; PW Palau|Palauan; PY Paraguay|Paraguayan; QA Qatar|Qatari; RE Réunion;
RO Romania|Romanian; RS Serbia|Serbian; RU Russia|Russian|Moscow; RW Rwanda|Rwandan; SA Saudi Arabia|Saudi;
SB Solomon Islands; SC Seychelles; SD Sudan|Sudanese; SE Sweden|Swedish|Swede; SG Singapore|Singaporean;
SH Saint Helena; SI Slovenia|Slovenian; SJ Svalbard; SK Slovakia|Slovak; SL Sierra Leone; SM San Marino;
SN Senegal|Senegalese; SO Somalia|Somali; SR Suriname|Surinamese; SS South Sudan|South Sudanese;
ST São Tomé; SV El Salvador|Salvadoran; SX Sint Maarten; SY Syria|Syrian; SZ Eswatini|Swaziland;
TC Turks and Caicos; TD Chad|Chadian; TF French Southern Territories; TG Togo|Togolese; TH Thailand|Thai;
TJ Tajikistan|Tajik; TK Tokelau; TL Timor-Leste|East Timor; TM Turkmenistan|Turkmen; TN Tunisia|Tunisian;
TO Tonga|Tongan; TR Turkey|Türkiye|Turkish; TT Trinidad|Trinidadian|Tobago; TV Tuvalu; TW Taiwan|Taiwanese;
TZ Tanzania|Tanzanian; UA Ukraine|Ukrainian|Kyiv; UG Uganda|Ugandan; UM Wake Island;
US United States|USA|US|U.S.|America|American; UY Uruguay|Uruguayan; UZ Uzbekistan|Uzbek;
VA Vatican|Holy See; VC Saint Vincent; VE Venezuela|Venezuelan; VG British Virgin Islands|BVI;
VI US Virgin Islands; VN Vietnam|Vietnamese; VU Vanuatu; WF Wallis and Futuna; WS Samoa|Samoan;
YE Yemen|Yemeni; YT Mayotte; ZA South Africa|South African; ZM Zambia|Zambian; ZW Zimbabwe|Zimbabwean
"""

NAMES: dict[str, list[str]] = {
    entry[:2]: entry[3:].split("|") for entry in " ".join(_NAMES.split()).split("; ")
}
