"""Pairs of titles, by the same authors in the same journal and year, that differ in what turns them around: no two are one paper."""

from __future__ import annotations

import pytest

import explorer
from explorer.sources.source import Source

TURNED = [
    ('Behandlung der Hypotonie bei Moosarbeitern im Hochland', 'Behandlung der Hypertonie bei Moosarbeitern im Hochland'),
    ('Versorgung mit Antibiotika vor der Operation bei Kindern im Moorgebiet', 'Versorgung mit Antibiotika nach der Operation bei Kindern im Moorgebiet'),
    ('Lebensqualität von Männern im Moorgebiet: eine Kohortenstudie', 'Lebensqualität von Frauen im Moorgebiet: eine Kohortenstudie'),
    ('Herzchirurgie mit Herz-Lungen-Maschine bei Moosarbeitern', 'Herzchirurgie ohne Herz-Lungen-Maschine bei Moosarbeitern'),
    ('Die Moose des Landes. Erster Teil: Verbreitung und Schutz', 'Die Moose des Landes. Zweiter Teil: Verbreitung und Schutz'),
    ('Effets de la mousse chez les patients hospitalisés avec insuffisance cardiaque', 'Effets de la mousse chez les patients hospitalisés sans insuffisance cardiaque'),
    ('Prevalencia de la anemia en hombres de la región del musgo', 'Prevalencia de la anemia en mujeres de la región del musgo'),
    ('La flore des tourbières du nord de la Lettonie', 'La flore des tourbières du sud de la Lettonie'),
    ('Qualidade de vida antes da cirurgia de joelho em idosos', 'Qualidade de vida depois da cirurgia de joelho em idosos'),
    ('Efeito do musgo na pressão arterial sistólica de adultos', 'Efeito do musgo na pressão arterial diastólica de adultos'),
    ('Il muschio delle torbiere, parte prima: ecologia e distribuzione', 'Il muschio delle torbiere, parte seconda: ecologia e distribuzione'),
    ('沼泽地区男性居民的慢性支气管炎研究', '沼泽地区女性居民的慢性支气管炎研究'),
    ('苔藓药膳对患者术前焦虑的影响', '苔藓药膳对患者术后焦虑的影响'),
    ('泥炭地生态研究（上）', '泥炭地生态研究（下）'),
    ('沼泽工人的高血压管理与随访', '沼泽工人的低血压管理与随访'),
    ('湿原のコケ植物の分布 第1報', '湿原のコケ植物の分布 第2報'),
    ('고혈압 환자의 이끼 치료 효과 연구', '저혈압 환자의 이끼 치료 효과 연구'),
    ('Лечение артериальной гипертензии у работников болот', 'Лечение артериальной гипотензии у работников болот'),
    ('Флора болот северной части Карелии и её охрана', 'Флора болот южной части Карелии и её охрана'),
    ('Качество жизни мужчин на торфяных болотах: когортное исследование', 'Качество жизни женщин на торфяных болотах: когортное исследование'),
    ('Состояние мхов до пожара на болоте: результаты наблюдений', 'Состояние мхов после пожара на болоте: результаты наблюдений'),
    ('Upper respiratory infections among peat cutters: a survey', 'Lower respiratory infections among peat cutters: a survey'),
    ('Maternal iron status and the growth of children in peat districts', 'Paternal iron status and the growth of children in peat districts'),
    ('Peat dust and right ventricular function in retired cutters', 'Peat dust and left ventricular function in retired cutters'),
    ('Symmetric solutions of the peat flow equation on bounded domains', 'Asymmetric solutions of the peat flow equation on bounded domains'),
    ('Supervised learning of moss images from the air', 'Unsupervised learning of moss images from the air'),
    ('Early withdrawal of moss therapy in stable adults', 'Late withdrawal of moss therapy in stable adults'),
    ('Aerobic decomposition of sphagnum in winter ponds', 'Anaerobic decomposition of sphagnum in winter ponds'),
    ('Attitudes of urban residents towards peat restoration', 'Attitudes of rural residents towards peat restoration'),
    ('A moss survey of bogs: Part IV. Vascular plants', 'A moss survey of bogs: Part VI. Vascular plants'),
    ('Moss therapy in children: short-term outcomes of a trial', 'Moss therapy in children: long-term outcomes of a trial'),
    ('The increase of methane emissions from drained bogs', 'The decrease of methane emissions from drained bogs'),
    ('Type 1 diabetes among peat cutters and their families', 'Type 2 diabetes among peat cutters and their families'),
    ('Moss exposure in the first trimester and birth weight', 'Moss exposure in the third trimester and birth weight'),
    ('Ingroup bias of moss collectors in towns', 'Outgroup bias of moss collectors in towns'),
    ('Efecto del musgo en niños con asma', 'Efecto del musgo en niñas con asma'),
    ('Undirected moss graphs and their colourings', 'Directed moss graphs and their colourings'),
    ('Une étude de la mousse chez les garçons', 'Une étude de la mousse chez les filles'),
    ('Wpływ mchu na zdrowie kobiet', 'Wpływ mchu na zdrowie mężczyzn'),
    ('Invasive moss species of western Europe', 'Invasive moss species of eastern Europe'),
    ('Overestimation of moss cover from drones', 'Underestimation of moss cover from drones'),
    ('Moss in mice: dose of 5 mg/kg', 'Moss in mice: dose of 50 mg/kg'),
    ('Reversible swelling of moss gels', 'Irreversible swelling of moss gels'),
    ('Acute effects of peat smoke on lungs', 'Chronic effects of peat smoke on lungs'),
    ('Moss therapy is effective in eczema', 'Moss therapy is ineffective in eczema'),
    ('Effekt av mose hos menn', 'Effekt av mose hos kvinner'),
    ('Sammalen vaikutus miehillä', 'Sammalen vaikutus naisilla'),
    ('Crystal structure of moss dye (I)', 'Crystal structure of moss dye (II)'),
    ('Dose of 10 mg moss extract in healthy adults', 'Dose of 100 mg moss extract in healthy adults'),
    ('Phase I study of moss extract in children', 'Phase II study of moss extract in children'),
    ('H-1 receptor blockade by moss extract', 'H-2 receptor blockade by moss extract'),
    ('Bog lemming genome, version 1.0', 'Bog lemming genome, version 2.0'),
]  # fmt: skip

NOTICES = [
    'Moss tea and sleep in older adults',
    'Corrigendum to “Moss tea and sleep in older adults” [Moss Lett. 12 (2016) 1–9]',
    'RETRACTED: Moss walks and mood in students',
    'Moss walks and mood in students',
    'Moss walks and mood in students: Expression of Concern',
    'Korrektur: Torfabbau und Atmung bei Arbeitern',
    'Torfabbau und Atmung bei Arbeitern',
    'Erratum à « La mousse et le sommeil des personnes âgées »',
    'La mousse et le sommeil des personnes âgées',
    'Fe de erratas de: El musgo y el sueño de los mayores',
    'El musgo y el sueño de los mayores',
    '苔藓与睡眠的关系研究（更正）',
    '苔藓与睡眠的关系研究',
    'Поправка к статье: Мхи и сон пожилых людей',
    'Мхи и сон пожилых людей',
    'Comment on: Bog air and asthma in children',
    'Bog air and asthma in children',
    'Bog air and asthma in children: reply to Ilves et al.',
    'Peat baths for back pain: protocol for a randomised trial',
    'Peat baths for back pain: a randomised trial',
    'Author Correction: Carbon fluxes of drained bogs',
    'Carbon fluxes of drained bogs',
    'Publisher Correction: Carbon fluxes of drained bogs',
    'WITHDRAWN: Sphagnum dressings for wounds',
    'Sphagnum dressings for wounds',
]  # fmt: skip
"""Papers, and what was said about them later, in several languages and places of the title."""


def kept(titles: list[str]) -> list[str]:
    text = "".join(
        f"@article{{k{place}, author={{Novak, Petra and Ilves, Jaan}}, title={{{title}}}, journal={{Moss Letters}}, year={{2017}}}}\n"
        for place, title in enumerate(titles)
    )
    titles_kept: list[str] = explorer.import_papers(Source("moss.bib", data=text.encode())).table.column("title").to_pylist()
    return titles_kept


@pytest.mark.parametrize("pair", TURNED, ids=[f"{place}" for place in range(len(TURNED))])
def test_titles_that_say_the_opposite_are_two_papers(pair: tuple[str, str]) -> None:
    assert len(kept(list(pair))) == 2


def test_all_of_them_together_are_as_many_papers() -> None:
    titles = [title for pair in TURNED for title in pair]
    assert len(kept(titles)) == len(titles)


def test_notices_are_no_papers_that_they_are_about() -> None:
    assert len(kept(NOTICES)) == len(NOTICES)


def test_a_title_in_other_letters_and_signs_is_one_paper() -> None:
    titles = ["Torfmoose: Wachstum und Dürre", "Torfmoose: Wachstum und Duerre", 'TORFMOOSE – Wachstum und D{\\"u}rre.']
    assert len(kept(titles)) == 1
