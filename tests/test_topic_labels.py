"""Names of topics are what a reader of the field would call them, in whatever language and whatever the texts carry along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import normalized_mutual_info_score
from stop_words import AVAILABLE_LANGUAGES, get_stop_words

from explorer import TopicModel
from explorer.text.languages import ENGLISH, function_words_of
from explorer.topics.labels import _Candidate, _name, name_topics, phrases_of, telling_sentence, units
from explorer.topics.terms import (
    TITLE_END,
    cleaned,
    lexicon,
    pieces_of,
    terms_of,
    text_keys,
    without_boilerplate,
    word_key,
    words_of,
)


def named(*groups: Sequence[str], words: Sequence[Sequence[str]], worth: dict[str, float] | None = None) -> list[str]:
    """Labels of groups of texts, each a topic, whose terms are all words of the texts that are no function words."""
    texts = [text for group in groups for text in group]
    places = np.repeat(np.eye(len(groups)), [len(group) for group in groups], axis=0)
    terms = {term: 1.0 for text in texts for term in terms_of(text)}
    return name_topics(texts, places, words, terms | (worth or {}))[0]


@cache
def small_words() -> dict[str, frozenset[str]]:
    """The lists of function words of all languages but English."""
    languages = [language for language in AVAILABLE_LANGUAGES if language != "english"]
    return {language: frozenset(map(str.lower, get_stop_words(language))) for language in languages}


STARS = [
    "We observe distant stars with a telescope.",
    "The stars of a galaxy.",
    "Old stars and their planets.",
    "Bright stars.",
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Les effets de l'apprentissage profond sur la qualité", ["effets", "apprentissage", "profond", "qualité"]),
        ("El tratamiento del cáncer de mama en las mujeres", ["tratamiento", "cáncer", "mama", "mujeres"]),
        ("Die Wirkung der Strahlung auf die Zellen und das Gewebe", ["wirkung", "strahlung", "zellen", "gewebe"]),
        ("Studio dell'acqua e della luce nel mare", ["studio", "acqua", "luce", "mare"]),
        ("Влияние света на рост растений и на их массу", ["влияние", "света", "рост", "растений", "массу"]),
        ("How cells die in the war of hosts and germs", ["cells", "die", "war", "hosts", "germs"]),
        ("The thin films of a fire detector", ["thin", "films", "fire", "detector"]),
        ("딥러닝을 이용한", ["딥러닝", "이용한"]),
    ],
)
def test_function_words_of_any_language_are_no_terms(text: str, words: list[str]) -> None:
    assert terms_of(text) == words


def test_languages_that_few_words_cannot_tell_apart_share_them() -> None:
    assert "de" in function_words_of(["influencia", "de", "la", "luz"])
    assert function_words_of([]) == ENGLISH
    assert function_words_of(["graph", "networks"]) == ENGLISH


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from("die der und la de los que the of on water cells model".split()), max_size=40))
def test_the_language_is_the_one_that_most_small_words_are_of(words: list[str]) -> None:
    counts = {language: sum(word in small - ENGLISH for word in words) for language, small in small_words().items()}
    english, most = sum(word in ENGLISH for word in words), max(counts.values())
    least = max(4, 0.05 * len(words)) if 5 * english >= len(words) else max(2, english + 1)
    told = [language for language, count in counts.items() if count == most] if most >= least else []
    expected = ENGLISH.union(*(small_words()[language] for language in told))
    found = function_words_of(words)
    # Umlauts may be written as two letters besides.
    assert expected <= found
    assert {word for word in words if word in found} == {word for word in words if word in expected}


@settings(max_examples=examples(300), deadline=None)
@given(st.text("aBz1_-'’\\ .,é", max_size=30))
def test_words_of_ascii_are_told_apart_as_those_of_any_letters(text: str) -> None:
    # A letter beyond ASCII at the end, apart from all else, has the other expression used; no command of LaTeX takes it along.
    assert [*words_of(text), "éé"] == words_of(f"{text} | éé")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"a $k$-means of $x_1 + \mathrm{eff}$ here", ["k-means"]),
        (r"\begin{equation} E = mc^2 \end{equation} energy \cite{foo}", ["mc", "energy"]),
        ("&lt;jats:p&gt;water&lt;/jats:p&gt; and &amp;lt;sub&amp;gt;oil&amp;lt;/sub&amp;gt;", ["water", "oil"]),
        ("<sup>oil</sup> p < 0.05 and q > 0.1 water", ["oil", "water"]),
        ("CO$_2$ and H$_{2}$O cost $5 and $6 million", ["co2", "h2o", "cost", "million"]),
        ("Smith et al. measured", ["smith", "measured"]),
        ("Kullback–Leibler divergence, state‐of‐the‐art", ["kullback-leibler", "divergence", "state-of-the-art"]),
    ],
)
def test_mathematics_markup_and_citations_are_no_terms(text: str, words: list[str]) -> None:
    assert terms_of(text) == words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("networks", "network", True),
        ("policies", "policy", True),
        ("approaches", "approach", True),
        ("analyses", "analysis", True),
        ("tumour", "tumors", True),
        ("matrices", "matrix", True),
        ("lattices", "lattice", True),
        ("services", "service", True),
        ("gases", "gas", True),
        ("viruses", "virus", True),
        ("lenses", "lens", True),
        ("phases", "phase", True),
        ("sizes", "size", True),
        ("gauges", "gauge", True),
        ("oscillations", "oscillation", True),
        ("planes", "plan", False),
        ("modes", "mod", False),
        ("news", "new", False),
        ("mass", "mas", False),
        ("virus", "viru", False),
        ("transfer", "transformer", False),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str, same: bool) -> None:
    assert (word_key(one) == word_key(other)) is same


def test_what_several_papers_say_word_for_word_is_left_out_but_not_their_titles() -> None:
    def paper(name: str, year: int) -> str:
        return f"{name} in water. Objective: we study {name}. Results Many {name} live. © {year} Press of Ashby. All rights reserved."

    texts = [paper(name, year) for name, year in (("Algae", 1999), ("Crabs", 2003), ("Clams", 2011))]
    assert without_boilerplate(texts)[1] == "Crabs in water. we study Crabs. Results Many Crabs live."
    # The same paper again says nothing again, and a title that comes back is a title.
    assert without_boilerplate([texts[0]] * 5) == [texts[0].partition(" ©")[0]] * 5
    assert without_boilerplate(["Editorial.", "Editorial.", "Editorial. On crabs."]) == [
        "Editorial.",
        "Editorial.",
        "Editorial. On crabs.",
    ]


def test_a_name_is_not_cut_out_of_a_longer_one() -> None:
    texts = [
        "Children with attention deficit hyperactivity disorder learn.",
        "We treat attention deficit hyperactivity disorder.",
        "On attention deficit hyperactivity disorder in adults.",
        "Attention deficit hyperactivity disorder and sleep.",
    ]
    assert named(texts, STARS, words=[["attention", "deficit"], ["stars"]])[0] == "attention deficit hyperactivity disorder"


def test_a_word_that_never_stands_by_itself_is_no_name() -> None:
    """An adjective that many nouns follow is in more papers than any of them, and names nothing."""
    texts = [
        f"We show linear {noun} of operators on a space." for noun in ("maps", "codes", "forms", "groups", "systems", "orders")
    ]
    assert "linear" not in named(texts, STARS, words=[["linear", "operators"], ["stars"]])[0]


def test_what_an_article_follows_is_a_verb_and_no_name() -> None:
    texts = [
        f"Evaluating the answers of {noun}. We are evaluating our {noun} by trust."
        for noun in ("maps", "codes", "forms", "groups")
    ]
    label = named(texts, STARS, words=[["evaluating", "trust"], ["stars"]])[0]
    assert label == "trust"
    assert phrases_of("We study the problem", {"study": 1.0, "problem": 1.0}) == {
        "study": (1, 0, 0, 1, *[0] * 6),
        "problem": (1, 1, 1, *[0] * 7),
    }


@pytest.mark.parametrize(
    "note",
    [
        "© 2019 Elsevier Ltd. All rights reserved.",
        "© Springer International Publishing AG 2018.",
        "(C) 2003 Elsevier Science B.V. All rights reserved.",
        "Copyright © 2017 John Wiley & Sons, Ltd.",
        "Crown Copyright (C) 2019 Published by Elsevier Inc. All rights reserved.",
        "Copyright 2011 Elsevier B.V. All rights reserved.",
        "This is an open access article under the CC BY license.",
    ],
)
def test_a_note_of_who_owns_the_text_is_left_out_where_one_paper_alone_has_it(note: str) -> None:
    said = f"Cells heal{TITLE_END}We count cells."
    for text in (f"{said} {note}", f"Cells heal{TITLE_END}{note} We count cells."):
        assert without_boilerplate([text, "Mice heal."])[0].replace(f"{TITLE_END} ", TITLE_END) == said
    about = f"Copyright{TITLE_END}Copyright law of 1998 is read. All authors (c) keep their rights."
    assert without_boilerplate([about]) == [about]


def test_names_of_papers_without_titles_are_phrases() -> None:
    texts = [
        f"{TITLE_END}{said}" for said in ("We read optical lattices.", "In optical lattices.", "Optical lattices are deep.")
    ]
    stars = [TITLE_END + text for text in STARS]
    assert named(texts, stars, words=[["lattices", "optical"], ["stars"]])[0] == "optical lattices"


def test_what_and_joins_to_another_word_is_hardly_a_noun_for_that() -> None:
    """*Slow and fast* are adjectives of what comes behind, where a noun stands at the end elsewhere too."""
    texts = [
        f"Slow and fast {noun} in creep. We see the creep. The slow {noun} of slow {noun}: slow {noun}."
        for noun in ("slips", "quakes", "shocks", "falls")
    ]
    assert named(texts, STARS, words=[["slow", "creep"], ["stars"]])[0] == "creep"
    pairs = [f"On slips and {noun}. We see slips." for noun in ("quakes", "shocks", "falls", "waves")]
    assert named(pairs, STARS, words=[["slips"], ["stars"]])[0] == "slips"


def test_a_small_word_joins_two_names_unless_they_hardly_stand_elsewhere() -> None:
    texts = [
        f"Risk of heart failure. Risk of {noun}, a risk. Heart failure in {noun}: heart failure."
        for noun in ("mice", "men", "dogs", "cats")
    ]
    assert named(texts, STARS, words=[["heart", "failure", "risk"], ["stars"]])[0] == "heart failure"
    whole = [f"The internet of things for {noun}. An internet of things." for noun in ("mice", "men", "dogs", "cats")]
    assert named(whole, STARS, words=[["internet", "things"], ["stars"]])[0] == "internet of things"


def test_versions_and_using_are_no_end_of_a_name() -> None:
    texts = [f"OpenMP 4.{at} for {noun}. We port {noun} by OpenMP 4.{at}." for at, noun in enumerate(("mice", "men", "dogs"))]
    assert named(texts, STARS, words=[["openmp"], ["stars"]])[0] == "OpenMP"
    marks = [f"Watermarking using {noun}. A watermarking using {noun}." for noun in ("trees", "men", "dogs")]
    assert "using" not in named(marks, STARS, words=[["watermarking"], ["stars"]])[0]


def test_a_title_in_capitals_tells_of_none() -> None:
    texts = ["On the Use of Robotic Manipulation for the Care of Plants", "Robotic Manipulation in the Garden of the Future",
             "The Robotic Manipulation of a Plant", "Fast Robotic Manipulation"]  # fmt: skip
    assert named(texts, STARS, words=[["robotic", "manipulation"], ["stars"]])[0] == "robotic manipulation"


def test_a_letter_or_a_figure_that_belongs_to_a_name_stays() -> None:
    texts = ["Patients lack vitamin D.", "The vitamin D of milk.", "Vitamin D and bones.", "We give vitamin D to mice."]
    other = ["Cases of type 2 diabetes.", "In type 2 diabetes, insulin.", "Type 2 diabetes of the old.", "On type 2 diabetes."]
    assert named(texts, other, words=[["vitamin"], ["diabetes", "type"]]) == ["vitamin D", "type 2 diabetes"]


def test_capitals_are_those_that_are_written_within_sentences() -> None:
    texts = [
        "Sampling The Posterior With Markov Chains. We use a Monte Carlo method for LLMs.",
        "MONTE CARLO METHODS. The Monte Carlo method converges.",
        "Monte Carlo Methods For All. A fast Monte Carlo method is given.",
        "Fast Sampling. This Monte Carlo method is slow.",
    ]
    assert named(texts, STARS, words=[["monte", "carlo", "method"], ["stars"]])[0] == "Monte Carlo method"


def test_two_topics_do_not_say_the_same() -> None:
    one = [
        "Adversarial attacks on images.",
        "We defend against adversarial attacks.",
        "Strong adversarial attacks.",
        "Adversarial attacks.",
    ]
    other = [
        "An adversarial attack on speech.",
        "The adversarial attack by speech.",
        "Speech and the adversarial attack.",
        "Attack speech.",
    ]
    first, second = named(one, other, words=[["adversarial", "attacks"], ["attack", "adversarial", "speech"]])
    assert {word_key(word) for word in first.replace(",", "").split()} != {
        word_key(word) for word in second.replace(",", "").split()
    }


def test_words_of_a_script_without_spaces_are_found_by_what_stands_around_them() -> None:
    texts = ["基于深度学习的图像识别", "深度学习方法与图像识别", "一种深度学习模型", "图像识别中的深度学习", "图像识别技术"]
    known = lexicon(texts)
    assert {"深度学习", "图像识别"} <= known
    assert not {"度学", "习的", "像识", "的图"} & known


SPANISH = (
    ("aprendizaje automático", "redes neuronales", "minería", "algoritmos", "datos", "clasificador"),
    ("cáncer de mama", "quimioterapia", "mastectomía", "tumor", "pacientes", "biopsia"),
    "en la para una que con los sobre se no por más este como sin entre".split(),
)
FRENCH = (
    ("apprentissage automatique", "réseaux de neurones", "algorithme", "l'analyse d'images", "données", "classifieur"),
    ("cancer du sein", "chimiothérapie", "mastectomie", "tumeur", "l'opération", "biopsie"),
    "dans la pour une que avec les sur se ne par plus cette comme sans entre".split(),
)
GERMAN = (
    ("maschinelles Lernen", "neuronale Netze", "Algorithmus", "Bilderkennung", "Daten", "Klassifikator"),
    ("Brustkrebs", "Chemotherapie", "Mastektomie", "Tumor", "Gewebe", "Biopsie"),
    "in der für eine dass mit die über sich nicht durch auch diese wie ohne zwischen".split(),
)


@pytest.mark.parametrize("language", [SPANISH, FRENCH, GERMAN], ids=("Spanish", "French", "German"))
def test_topics_of_a_language_are_called_by_its_words(language: tuple[Sequence[str], ...]) -> None:
    draw = np.random.default_rng(2)
    *themes, small = language
    texts = [
        " ".join(word for name in draw.permutation(themes[at % 2])[:4] for word in (*draw.choice(small, 3), str(name)))
        for at in range(60)
    ]
    model = TopicModel(2).fit(texts)
    known = [{word for name in theme for word in re.split("[ ']", name.lower())} for theme in themes]
    assert all(set(words[:6]) <= known[0] or set(words[:6]) <= known[1] for words in model.words_)
    assert "analyse images" not in model.labels_
    for label in model.labels_[:2]:
        assert not set(small) & {word for part in label.split(", ") for word in (part.split()[0], part.split()[-1])}


def test_topics_of_papers_in_two_languages_are_not_called_by_articles() -> None:
    """Articles of a language stand in papers that are alike, as any subject's words do."""
    draw = np.random.default_rng(3)
    texts = []
    for at in range(90):
        *themes, small = (SPANISH, GERMAN)[at % 2]
        texts.append(
            " ".join(w for name in draw.permutation(themes[at % 3 % 2])[:4] for w in (*draw.choice(small, 3), str(name)))
        )
    model = TopicModel(4).fit(texts)
    small = {*SPANISH[2], *GERMAN[2]}
    assert not small & {word for words in model.words_ for word in words}


def test_topics_of_chinese_papers_are_called_by_words() -> None:
    themes = (("深度学习", "卷积神经网络", "目标检测", "图像识别"), ("糖尿病", "胰岛素抵抗", "血糖控制", "心血管疾病"))
    between = ("的研究与", "在", "对", "和", "用于", "的关系及", "基于", "进展：")
    draw = np.random.default_rng(4)
    texts = [
        "".join(str(part) for name in draw.permutation(themes[at % 2])[:3] for part in (draw.choice(between), name))
        for at in range(60)
    ]
    model = TopicModel(2).fit(texts)
    assert [set(words[:4]) for words in model.words_] in ([{*themes[0]}, {*themes[1]}], [{*themes[1]}, {*themes[0]}])
    assert all(set(label.split(", ")) <= {*themes[0], *themes[1]} for label in model.labels_[:2])


def test_papers_without_an_abstract_are_placed_by_their_titles() -> None:
    """Two of three papers have a title only: they belong to the topics of the others, not to one of their own."""
    draw = np.random.default_rng(6)
    themes = [[f"{name}{letter}x" for letter in "abcdefghijklmnop"] for name in ("ru", "zo", "wi")]
    anywhere = [f"qua{letter}m" for letter in "abcdefghijklmnopqrst"]
    texts, which = [], []
    for at in range(900):
        theme = at // 3 % 3
        long = at % 3 == 0
        texts.append(" ".join([*draw.choice(themes[theme], 24 if long else 4), *draw.choice(anywhere, 40 if long else 2)]))
        which.append(theme)
    model = TopicModel(3).fit(texts)
    assert normalized_mutual_info_score(which, model.predict(texts)) > 0.9
    assert not set(anywhere) & {word for words in model.words_ for word in words}


def test_phrases_end_with_what_is_worth_something() -> None:
    worth = dict.fromkeys(map(word_key, ("risk", "diabetes", "old", "age")), 1.0)
    found = phrases_of(cleaned("The risk of diabetes, in old age The next"), worth)
    assert {phrase: (stands.seen, stands.alone, stands.ends) for phrase, stands in found.items()} == {
        "risk": (1, 1, 1), "risk of diabetes": (1, 1, 1), "diabetes": (1, 1, 1), "old": (1, 0, 0), "old age": (1, 1, 1), "age": (1, 0, 1),
    }  # fmt: skip


def test_units_name_nothing() -> None:
    texts = [f"We gave {dose} mg of aspirin, {dose} mg a day, for {dose} weeks." for dose in (5, 10, 20, 40)]
    assert named(texts, STARS, words=[["mg", "aspirin"], ["stars"]])[0] == "aspirin"


def test_words_of_time_are_units_whatever_their_length_but_what_a_type_is_of_is_none() -> None:
    texts = [
        f"After {n} weeks and {n + 1} weeks of rest. Type {1 + n % 2} diabetes, {n} patients; patients rest."
        for n in (4, 8, 12, 24)
    ]
    assert units(texts) == {"weeks"}
    assert "week" not in named(texts, STARS, words=[["weeks", "rest", "diabetes"], ["stars"]])[0]


def test_what_is_said_of_things_names_nothing() -> None:
    texts = [
        f"The {noun} of genomes. Our code is freely available for the {noun}." for noun in ("atlas", "maps", "tables", "codes")
    ]
    label = named(texts, STARS, words=[["freely", "available", "code", "genomes"], ["stars"]])[0]
    assert not {"freely", "available"} & set(re.findall(r"\w+", label))


def test_what_stands_in_titles_names_rather_than_what_stands_in_abstracts_alone() -> None:
    own = " ".join(f"filler{letter} of it and" for letter in "abcdefghijklmnop")
    texts = [f"{start} the coral reef. {own}. We count the mean age." for start in ("On", "In", "Of", "By", "For", "With")]
    others = [f"{start} stars. {own}. The age of it." for start in ("On", "In", "Of", "By", "For", "With")]
    assert named(texts, others, words=[["age", "reef", "coral", "mean"], ["stars"]])[0] == "coral reef"


def test_a_phrase_goes_before_a_word_that_names_more_than_the_topic() -> None:
    texts = [f"{start} solar neutrino problem. The neutrino is light." for start in ("The", "A", "On the", "Our")]
    assert named(texts, STARS, words=[["neutrino", "solar", "problem"], ["stars"]])[0] == "solar neutrino problem"


@pytest.mark.parametrize(
    ("word", "phrase", "label"),
    [
        (True, True, ["phase transition"]),
        (True, False, ["seizures", "phase transition"]),
        (False, False, ["phase transition"]),
    ],
)
def test_a_phrase_that_no_title_has_completes_a_word_that_titles_have(word: bool, phrase: bool, label: list[str]) -> None:
    """What abstracts speak of beside their subject: whether titles have the word, and the phrase, and the name that follows."""
    assert _name([_Candidate("seizures", 0.30, word), _Candidate("phase transition", 0.24, phrase)], [], {}) == label


def test_a_phrase_takes_the_place_of_a_word_that_hardly_stands_elsewhere() -> None:
    nouns = ("maps", "codes", "forms", "sums", "sets", "bags", "cars", "bees")
    words = [["tree", "phylogenetic"], ["stars"]]
    texts = [f"Phylogenetic trees of {noun}. A tree is binary." for noun in nouns[:4]]
    assert named([*texts, *(f"A {noun} fits a tree." for noun in nouns[:5])], STARS, words=words)[0] == "phylogenetic trees"
    # Of many trees few are of that kind: the phrase names a part of the topic.
    assert named([*texts, *(f"A {noun} fits a tree." for noun in nouns * 2)], STARS, words=words)[0] == "tree"


def test_a_phrase_of_the_first_words_of_a_topic_names_it_rather_than_one_of_its_last() -> None:
    texts = [f"Sum rules in {noun}. We go to leading order." for noun in ("quarks", "charm", "mesons", "spin", "glue")]
    words = ["sum", "rules", "quark", "charm", "meson", "strange", "leading"]
    assert named([*texts, "Leading order.", "The leading order."], STARS, words=[words, ["stars"]])[0] == "sum rules"


def test_what_one_paper_of_a_topic_says_is_no_name() -> None:
    texts = ["Fractal control.", "On waves.", "The wave here."]
    assert named(texts, STARS, words=[["waves", "control", "fractal"], ["stars"]])[0] == "wave"


def test_what_always_follows_a_preposition_is_half_of_an_adverb() -> None:
    texts = [f"The {noun}, in vitro, of cells." for noun in ("bone", "skin", "fat", "nerve")]
    assert named(texts, STARS, words=[["vitro", "cells"], ["stars"]])[0] == "cells"


def test_what_is_called_after_somebody_keeps_the_name() -> None:
    texts = [f"Alzheimer's disease and {noun}. We study a disease of {noun}." for noun in ("sleep", "diet", "age", "walks")]
    label = named([*texts, "Alzheimer disease."], STARS, words=[["alzheimer", "disease"], ["stars"]])[0]
    assert label.lower() == "alzheimer's disease"


def test_a_name_that_another_topic_has_gives_way_and_is_not_said_again() -> None:
    taken = [frozenset(("solar", "wind"))]
    assert _name([_Candidate("solar wind", 1.0, True), _Candidate("magnetic tail", 0.3, True)], taken, {}) == ["magnetic tail"]
    # What hardly names the topic only tells it from the other.
    assert _name([_Candidate("solar wind", 1.0, True), _Candidate("magnetic tail", 0.05, True)], taken, {}) == [
        "solar wind",
        "magnetic tail",
    ]


def test_the_end_of_a_title_and_the_beginning_of_an_abstract_are_no_name() -> None:
    texts = [f"{verb} by Lansoprazole Lansoprazole is a drug for the {noun}." for verb, noun in
             (("Healing", "stomach"), ("Relief", "gut"), ("Rest", "throat"), ("Cure", "ulcer"))]  # fmt: skip
    assert named(texts, STARS, words=[["lansoprazole"], ["stars"]])[0].lower() == "lansoprazole"


def test_a_record_with_abstracts_in_two_languages_loses_the_articles_of_both() -> None:
    text = "The songs of the school and of its pupils are sung. Die Lieder der Schule und die Kinder, von denen sie mit Freude gesungen werden."
    assert not {"die", "der", "und", "von", "mit", "the", "and"} & {*terms_of(text)}


def test_a_second_phrase_is_no_form_of_the_first() -> None:
    texts = [
        f"Detecting {noun} is hard. We study detection, detecting {noun} early."
        for noun in ("mines", "fires", "leaks", "frauds")
    ]
    label = named(texts, STARS, words=[["detecting", "detection"], ["stars"]])[0]
    assert not {"detecting", "detection"} <= set(re.findall(r"\w+", label))


def test_a_name_is_of_all_papers_of_a_topic_and_not_of_the_surest_alone() -> None:
    sure = [f"Wild orchids {at}. Orchids of a narrow peat bog {at}." for at in range(70)]
    rest = [f"Wild orchids of hill {at}. Orchids and their soil {at}." for at in range(330)]
    texts = [*sure, *rest, *STARS * 30]
    places = np.zeros((len(texts), 2))
    places[: len(sure), 0] = np.linspace(1, 0.99, len(sure))
    places[len(sure) : 400, 0] = np.linspace(0.9, 0.8, len(rest))
    places[400:, 1] = 1
    worth = {term: 1.0 for text in texts for term in terms_of(text)}
    words = [["orchids", "peat", "bog", "narrow", "wild"], ["stars"]]
    assert name_topics(texts, places, words, worth)[0][0] == "wild orchids"


def test_what_wants_an_object_names_nothing() -> None:
    texts = [f"On the lack of {noun} among bees. A lack of {noun} and of bees." for noun in ("food", "water", "nests", "shade")]
    assert named(texts, STARS, words=[["lack", "bees"], ["stars"]])[0] == "bees"


def test_a_participle_that_a_preposition_follows_neither_begins_nor_ends_a_name() -> None:
    worth = dict.fromkeys(map(word_key, ("algorithm", "based", "trees", "speed", "light")), 1.0)
    assert {*phrases_of("An algorithm based on trees, the speed of light", worth)} == {
        "algorithm", "algorithm based on trees", "trees", "speed", "speed of light", "light",
    }  # fmt: skip


def test_a_code_of_a_classification_goes_behind_a_name() -> None:
    texts = [f"Gamma function {noun} [S14]. How to find the gamma function, {noun}, S14." for noun in "abcd"]
    assert named(texts, STARS, words=[["s14", "gamma", "function"], ["stars"]])[0] == "gamma function"


def test_capitals_before_an_acronym_in_brackets_are_those_of_the_acronym() -> None:
    texts = [
        "Planning. We solve a Markov Decision Process (MDP) fast.",
        "Control. It is called a Markov Decision Process (MDP) here.",
        "Search. A Markov Decision Process (MDP) is large, and every Markov decision process is slow.",
    ]
    assert named(texts, STARS, words=[["markov", "decision", "process"], ["stars"]])[0] == "Markov decision process"
    always = [
        f"It is what the World Health Organization (WHO) wrote in letters on the care of old people in {name}."
        for name in ("Rome", "Oslo", "Lima")
    ]
    assert named(always, STARS, words=[["world", "health", "organization"], ["stars"]])[0] == "World Health Organization"


def test_powers_of_units_are_units() -> None:
    texts = [
        f"We gave {dose} mg kg-1 of iron to rats with IL-6, then {dose} mg kg-1 more. IL-6 rose." for dose in (5, 10, 20, 40)
    ]
    assert units(texts) == {"mg", "kg-1"}


def test_a_name_is_not_cut_before_a_word_that_names_end_with() -> None:
    texts = [f"The central nervous system of {noun}." for noun in ("rats", "mice", "apes", "cats")]
    assert named(texts, STARS, words=[["nervous", "central"], ["stars"]])[0] == "central nervous system"


def test_a_small_letter_is_a_word_and_no_part_of_a_name() -> None:
    worth = dict.fromkeys(map(word_key, ("análise", "brasil", "vitamin")), 1.0)
    assert {*phrases_of("análise do Brasil e do Peru", worth)} == {"análise", "brasil"}
    assert "vitamin d" in phrases_of("lack of vitamin D in bones", worth)


def test_a_word_is_completed_by_a_phrase_rather_than_by_a_word() -> None:
    texts = [
        f"Connectome {noun}. The connectome has edges; a human brain and {noun}." for noun in ("maps", "codes", "forms", "data")
    ]
    label = named(texts, STARS, words=[["connectome", "edges", "brain", "human"], ["stars"]])[0]
    assert label in ("connectome, human brain", "human brain")


def test_topics_without_a_phrase_of_their_own_are_called_by_their_words() -> None:
    texts = [f"Neural networks {at}." for at in range(4)]
    one, other = named(texts, texts, words=[["neural", "networks"], ["neural", "networks", "depth"]])
    assert "·" not in one + other
    assert one != other


def test_a_note_in_brackets_after_a_sentence_is_a_piece_by_itself() -> None:
    said = [f"{word} heal. (Some Database Record (c) 20{at}1 A, all rights reserved) {word} grow." for at, word in
            enumerate(["Cells", "Mice", "Plants"])]  # fmt: skip
    assert without_boilerplate(said)[1] == "Mice heal. Mice grow."


def test_identifiers_of_papers_are_no_words() -> None:
    assert terms_of("Discussion [arXiv:1009.1234] and doi:10.1/abc of proxies") == ["discussion", "proxies"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see /usr/share/doc and src/main.py", ["see", "and"]),
        ("config.yaml (data/train.csv), ~/notes/old/ or ../up/down/", ["or"]),
        ("run C:\\Users\\me\\setup.exe now", ["run", "now"]),
        ("the logs of run.log are logs", ["the", "logs", "of", "are", "logs"]),
        # None of these is a file or a folder.
        ("Node.js and/or read/write input / output", ["node", "js", "and", "or", "read", "write", "input", "output"]),
        ("TCP/IP over HTTP/2 at 3 km/s", ["tcp", "ip", "over", "http", "at", "km"]),
    ],
)
def test_files_and_folders_are_no_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_what_non_is_before_is_no_name() -> None:
    worth = dict.fromkeys(map(word_key, ["negative", "matrix", "factorization", "nonlinear", "supervisée", "méthode"]), 1.0)
    assert set(phrases_of("by non negative matrix factorization", worth)) == {"matrix factorization", "matrix", "factorization"}
    assert not any(
        phrase.startswith("supervisée") for phrase in phrases_of("une méthode non supervisée pour les images", worth)
    )


def test_what_belongs_to_a_name_in_brackets_stays_with_it() -> None:
    texts = [
        f"{noun.title()} of CAT(0) spaces. Here are CAT(0) spaces and {noun}." for noun in ("rays", "walls", "trees", "flats")
    ]
    assert named(texts, STARS, words=[["cat", "spaces"], ["stars"]])[0] == "CAT(0) spaces"
    group = [
        f"{noun.title()} and SU(2) gauge theory. Here is $SU(2)$ gauge theory, with {noun}."
        for noun in ("loops", "links", "strings")
    ]
    assert named(group, STARS, words=[["su", "gauge", "theory"], ["stars"]])[0] == "SU(2) gauge theory"
    salt = [f"NaI(Tl) detectors of {noun}. We built NaI(Tl) detectors." for noun in ("rays", "waves", "dust")]
    assert named(salt, STARS, words=[["nai", "tl", "detectors"], ["stars"]])[0] == "NaI(Tl) detectors"
    worth = dict.fromkeys(map(word_key, ("llm", "tools", "patients")), 1.0)
    # A plural and what is set apart by a blank are other brackets.
    assert {*phrases_of("LLM(s) tools, patients (A)", worth)} == {"llm", "tools", "patients"}


def test_a_small_word_is_no_term_though_a_term_shares_its_key() -> None:
    assert word_key("theses") == word_key("the")
    worth = dict.fromkeys(map(word_key, ("theses", "spreadsheet")), 1.0)
    assert {*phrases_of("The spreadsheet of the theses", worth)} == {"spreadsheet", "spreadsheet of the theses", "theses"}


def test_names_of_machines_are_no_words() -> None:
    assert terms_of("Code by ftp to suna.abc.xyz.ac.uk, or at cs.abc.edu") == ["code", "ftp"]


def test_grammar_and_what_is_done_to_a_word_are_no_part_of_a_name() -> None:
    worth = dict.fromkeys(map(word_key, ("elliptic", "curves", "defined", "metrics", "let", "human", "ones")), 1.0)
    found = phrases_of("Elliptic curves defined over fields. On metrics Let M be human ones", worth)
    assert {*found} == {"elliptic", "elliptic curves", "curves", "metrics", "human"}


@pytest.mark.parametrize(
    ("text", "name", "clause"),
    [
        (
            "Der Laser ist ein Werkzeug der Chirurgie und wird mit der Linse auf die Haut gerichtet",
            "werkzeug der chirurgie",
            "ist",
        ),
        ("Le laser est un outil de la chirurgie et la lentille qui le guide est dans la main", "outil de la chirurgie", "est"),
        ("El láser es una herramienta de la cirugía que se guía con una lente en la mano", "herramienta de la cirugía", "es"),
        ("O laser é um instrumento da cirurgia que se guia com uma lente na mão", "instrumento da cirurgia", "é"),
        ("Il laser è uno strumento della chirurgia che si guida con una lente nella mano", "strumento della chirurgia", "è"),
        ("Лазер это инструмент для хирургии и он не является новым для нас", "инструмент для хирургии", "это"),
    ],
)
def test_a_clause_is_no_name_in_any_language(text: str, name: str, clause: str) -> None:
    found = phrases_of(text, dict.fromkeys(map(word_key, terms_of(text)), 1.0))
    assert name in found
    assert not [phrase for phrase in found if f" {clause} " in phrase]


def test_a_word_that_makes_clauses_elsewhere_is_one_of_english() -> None:
    assert "memory of war veterans" in phrases_of("The memory of war veterans", {"memory": 1.0, "veteran": 1.0})


def test_a_word_that_points_back_at_what_was_said_names_no_subject() -> None:
    """*This method* and *our method* stand for what was described, whatever it is."""
    nouns = ("maps", "codes", "forms", "groups", "systems", "orders")
    texts = [
        f"A method for {noun} of turbulence. This method of ours has a turn. With our method we count {noun}." for noun in nouns
    ]
    assert named(texts, STARS, words=[["method", "turbulence"], ["stars"]])[0] == "turbulence"
    # The same word, where nothing points at it.
    texts = [
        f"A method for {noun} of turbulence. The method of ours has a turn. With one method we count {noun}." for noun in nouns
    ]
    assert named(texts, STARS, words=[["method", "turbulence"], ["stars"]])[0] == "turbulence, method"


def test_what_always_follows_with_is_half_of_an_adverb() -> None:
    nouns = ("maps", "codes", "forms", "groups", "systems", "orders")
    texts = [f"Drawn graphs and {noun}. With high odds, graphs and {noun} are thin; with high odds, not." for noun in nouns]
    assert "odds" not in named(texts, STARS, words=[["odds", "high", "graphs"], ["stars"]])[0]


@pytest.mark.parametrize("before", ["that", "which", "to"])
def test_what_always_follows_a_relative_pronoun_begins_with_a_verb(before: str) -> None:
    nouns = ("maps", "codes", "forms", "groups", "systems", "orders")
    texts = [f"Enzyme decay in {noun}. Here are drugs {before} inhibit enzyme decay, as {noun} do." for noun in nouns]
    assert named(texts, STARS, words=[["inhibit", "enzyme", "decay"], ["stars"]])[0] == "enzyme decay"


def test_a_gerund_and_its_noun_are_no_two_names() -> None:
    candidates = [_Candidate("images", 1.0, True), _Candidate("imaging", 0.9, True), _Candidate("tissue", 0.8, True)]
    assert _name(candidates, [], {}) == ["images", "tissue"]


def test_versus_stands_within_a_name_alone() -> None:
    texts = [f"Graft versus host disease and {noun}." for noun in ("maps", "codes", "forms", "groups")]
    label = named(texts, STARS, words=[["versus", "graft", "host", "disease"], ["stars"]])[0]
    assert label == "graft versus host disease"
    assert not [phrase for phrase in phrases_of(texts[0], {word_key("versus"): 1.0, "graft": 1.0}) if phrase.endswith("versus")]


def test_headings_on_lines_of_their_own_and_notes_of_owners_are_left_out() -> None:
    texts = [
        f"{word} in water {word} live.\nAims\n{word} were sought.\nMain findings\n{word} heal slowly\n(c) 20{at}1 A Press of Ashby. All rights reserved."
        for at, word in enumerate(["Cells", "Mice", "Plants"])
    ]
    assert without_boilerplate(texts)[0] == "Cells in water Cells live. Cells were sought. Cells heal slowly"
    # Lines that are broken for their length are none, nor is what is said once.
    long = "Waves of the sea which are seen from the coast of an island far\naway from here."
    assert without_boilerplate([long, *texts])[0] == long


def test_a_run_of_katakana_is_cut_nowhere() -> None:
    """A word from another language is written in letters of its own: *graph* is no part of *program*."""
    texts = [
        "プログラムの検証",
        "プログラムを書く",
        "グラフの彩色",
        "グラフを描く",
        "インターフェースの設計",
        "インターフェースを作る",
    ]
    assert lexicon(texts) == {"プログラム", "グラフ", "インターフェース"}
    worth = {"グラフ": 1.0, "彩色": 1.0, "グラ": 1.0}
    assert set(phrases_of("パラグラフとグラフ彩色", worth)) == {"グラフ", "グラフ彩色", "彩色"}


def test_a_heading_right_after_the_title_is_left_out_and_no_name_goes_across_its_end() -> None:
    names = ["Cells", "Mice", "Plants", "Stones"]
    texts = [f"{name} heal{TITLE_END}Background\nWe count {name}. They heal." for name in names]
    assert without_boilerplate(texts)[0] == f"Cells heal{TITLE_END} We count Cells."
    # In titles too a small word may have a capital, where it is known how far they go.
    assert pieces_of(f"Care For The Old{TITLE_END}Wounds heal.") == [f"Care For The Old{TITLE_END}", "Wounds heal."]
    worth = dict.fromkeys(map(word_key, ["wikipedia", "infectious", "disease", "forecast"]), 1.0)
    found = phrases_of(f"Forecast by Wikipedia{TITLE_END}Infectious disease spreads", worth)
    assert "infectious disease" in found
    assert "wikipedia infectious disease" not in found
    assert found["wikipedia"].ends == 1


def test_the_end_of_a_title_is_no_content() -> None:
    texts = [f"{name} heal in days{TITLE_END}We count {name} by hand." for name in ("cells", "mice", "plants", "stones")] * 6
    one, other = (TopicModel(2).fit(found) for found in (texts, [text.replace(TITLE_END, " ") for text in texts]))
    assert (one.factors_ == other.factors_).all()
    assert one.words_ == other.words_
    assert text_keys(texts).tolist() == text_keys([text.replace(TITLE_END, " ") for text in texts]).tolist()
    assert telling_sentence(f"Cells heal{TITLE_END}We count mice. They live.", ["mice"]) == "We count mice."


@pytest.mark.parametrize("piece", ["a@", "x@x", "a.", "a-", "/a", "a/", "a+", "-", "www."])
def test_thousands_of_signs_without_a_blank_are_soon_looked_through(piece: str) -> None:
    # Looked for from each of them anew, or twice, an address in 4,000 of them took minutes.
    assert cleaned(f"rings {piece * 20_000} main.py").split()[0] == "rings"
