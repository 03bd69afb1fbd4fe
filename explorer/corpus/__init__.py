"""The object that users hold: opened, asked, grown."""

from explorer.corpus.corpus import Corpus as Corpus
