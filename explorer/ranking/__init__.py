"""Ranking by meaning: hybrid search, concepts and arithmetic over them, axes, preferences. See docs/ranking.md.

scipy and scikit-learn are imported here at the top; the package is imported when something is first ranked by meaning.
"""
