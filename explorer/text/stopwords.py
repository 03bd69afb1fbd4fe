"""Words that say nothing of what a paper is about."""

from __future__ import annotations

FILLER = frozenset(
    """
    abilities ability able accordingly additionally address aim aims al also analysis approach approaches based better can
    capabilities capability case code consider considered corresponding demonstrate demonstrates different discuss discussed
    earlier effective et existing experiment experimental experiments explain explained explains extensive finally find
    first following found framework furthermore general given good high highlight highlights however importance important
    improve improved improves improving including introduce introduces investigate known large large-scale leading like low
    main make many may method methods new novel number obtain obtained obtaining one order outperforms paper particular
    perform performance possible present presented presents problem problems propose proposed proposes prove provide
    provides recent recently related report require requires respectively result results second set several show showing
    shown shows significant significantly simple single small specific state studied studies study super task tasks term
    terms three times two type understanding use used uses using various vast way ways well within without work works
    """.split()
)
"""Words that nearly every abstract has, whatever it is about."""

FUNCTION_WORDS = frozenset(
    """
    a about above across after afterwards again against all almost alone along already also although always am among
    amongst amoungst amount an and another any anyhow anyone anything anyway anywhere are around as at back be became
    because become becomes becoming been before beforehand behind being below beside besides between beyond bill both
    bottom but by call can cannot cant co con could couldnt cry de describe detail do done down due during each eg eight
    either eleven else elsewhere empty enough etc even ever every everyone everything everywhere except few fifteen fifty
    fill find fire first five for former formerly forty found four from front full further get give go had has hasnt have
    he hence her here hereafter hereby herein hereupon hers herself him himself his how however hundred i ie if in inc
    indeed interest into is it its itself keep last latter latterly least less ltd made many may me meanwhile might mill
    mine more moreover most mostly move much must my myself name namely neither never nevertheless next nine no nobody
    none noone nor not nothing now nowhere of off often on once one only onto or other others otherwise our ours ourselves
    out over own part per perhaps please put rather re same see seem seemed seeming seems serious several she should show
    side since sincere six sixty so some somehow someone something sometime sometimes somewhere still such system take ten
    than that the their them themselves then thence there thereafter thereby therefore therein thereupon these they thick
    thin third this those though three through throughout thru thus to together too top toward towards twelve twenty two
    un under until up upon us very via was we well were what whatever when whence whenever where whereafter whereas
    whereby wherein whereupon wherever whether which while whither who whoever whole whom whose why will with within
    without would yet you your yours yourself yourselves
    """.split()
)
"""Words that say nothing of any subject: the list of the Glasgow Information Retrieval Group, as scikit-learn has it.

It stands here so that who ranks need not load scikit-learn, and so that an index and its queries agree whatever version that has.
"""
