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
