"""Words in and around names, in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Without those that are also names (Don, Sen, Major).
HONORIFICS = _words("""
    mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend hon honourable honorable senator
    rep capt captain col colonel gen general lt sgt sheikh shaikh imam prince princess president
    minister governor mayor chancellor herr frau mme mlle monsieur madame senor senora
""")
GENERATIONS = _words("jr sr junior senior ii iii iv phd md mba esq obe mbe cbe kc qc")

# Between given and family name. They are often left out.
PARTICLES = _words("""
    van der den de da do dos das del della di du la le von zu zur ten ter bin bint binti ibn al el ul ur
""")

# The end of a firm's name, without dots: S.p.A. is spa.
LEGAL_FORMS = _words("""
    ltd limited llc llp lp plc inc incorporated corp corporation co company gmbh ag kg kgaa ug ohg se sa
    sas sarl spa srl bv nv oy oyj ab as asa aps sp zoo kft zrt doo dd ad eood ood pty pte pvt private
    bhd sdn kk pjsc ojsc oao ooo zao jsc cjsc sl slu lda ltda eirl
""")

# After a person's name in the name of a place or an institution.
NAMESAKES = _words("""
    foundation street avenue road square university college school hospital stadium airport prize award
    awards memorial museum library institute center centre park bridge trust lecture scholarship act
    island bay county
""")

# Capitalised in headlines, but not part of a name.
JOINERS = _words("and or of the for to in at by on with from as is are was were has had versus vs v says")

# At the start of a sentence, before a surname.
OPENERS = _words("""
    but then when while yesterday today later meanwhile however still once since before after although
    though if because that this these only even also now
    monday tuesday wednesday thursday friday saturday sunday
""")

# Four letters and more, in lower case in headlines.
PREPOSITIONS = _words("""
    with from over into after about under between upon amid during against through without before than that
""")

# Their full stop does not end a sentence.
ABBREVIATIONS = _words("vs no inc ltd corp co st dept est approx jan feb mar apr aug sept oct nov dec")
