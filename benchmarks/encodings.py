"""Encodings: files whose whole text is read right, over encodings, languages and sizes, with charset-normalizer as the peer.

    python -m benchmarks.encodings            the held-out half of the words
    python -m benchmarks.encodings --tuning   the other half, on which the reader was tuned

Bibliographies of 3 to 200 records are made of words in fourteen languages, in every encoding in which each was written; half of
them have one record in four in that language, and the others in English. A file is right where its text is that which was
encoded. Words were written for this; half of those of each language, by a hash, were used for tuning. What the reader knows of
languages comes from elsewhere (`letter_costs`).

The peer is ``charset_normalizer.from_bytes(data).best()`` with its defaults.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from charset_normalizer import from_bytes

from benchmarks.report import heading, number, table, versions
from explorer.sources.encoding import decode, found_in

SIZES = (3, 10, 50, 200)
SEED = 21

# Words of titles, family names and given names; nothing of it was taken from a text.
WORDS: dict[str, tuple[str, str, str]] = {
    "Russian": (
        "рост тростника озёрах влияние температуры глубины исследование методы оценки качества воды северных районах динамика"
        " численности рыб берегах рек применение нейронных сетей задачах прогноза развитие экономики регионов сравнительный анализ"
        " структуры почв свойства материалов лечение больных хронической болезнью история городов языка объекты измерение звука",
        "Иванов Петрова Сидоров Кузнецова Щербаков Ёлкина Жуков Юрьева Цветков Фёдоров",
        "Иван Анна Пётр Ольга Юрий Татьяна Сергей Елена",
    ),
    "Ukrainian": (
        "зростання очерету озерах вплив температури дослідження методи оцінки якості води північних районах динаміка чисельності риб"
        " застосування мереж задачах розвиток економіки регіонів порівняльний аналіз структури ґрунтів властивості матеріалів лікування"
        " хворих історія міст мови вимірювання звуку їжі здоров'я щільність",
        "Шевченко Коваленко Бойчук Ткачук Олійник Григоренко Їжак Євтушенко Щербак Кравець",
        "Іван Олена Петро Ганна Юрій Тетяна Андрій Євген",
    ),
    "Bulgarian": (
        "растеж тръстика езера влияние температурата изследване методи оценка качеството водата северните райони динамика рибите"
        " приложение невронни мрежи задачи развитие икономиката регионите сравнителен анализ структурата почвите свойства материалите"
        " лечение болни история градовете езика измерване звука жълтата гъстота обществото",
        "Иванов Петрова Георгиев Димитрова Стоянов Желязкова Цветков Ангелов Христова Щерев",
        "Иван Мария Георги Елена Юлиян Цветана Димитър Анна",
    ),
    "Polish": (
        "wzrost trzciny jeziorach wpływ temperatury głębokości badania metody oceny jakości wody północnych rejonach dynamika liczebności ryb"
        " zastosowanie sieci zadaniach rozwój gospodarki regionów porównawcza analiza struktury gleb właściwości materiałów leczenie chorych"
        " dzieje miast języka pomiar dźwięku żyzność łąk ćwiczenia pamięć społeczeństwo różnice",
        "Kowalski Wiśniewska Wójcik Kamińska Lewandowski Zielińska Łukasik Dąbrowska Żak Śliwa",
        "Jan Małgorzata Paweł Elżbieta Łukasz Zofia Michał Bożena",
    ),
    "Czech": (
        "růst rákosu jezerech vliv teploty hloubky výzkum metody hodnocení kvality vody severních oblastech dynamika početnosti ryb použití"
        " sítí úlohách rozvoj hospodářství krajů srovnávací rozbor struktury půd vlastnosti materiálů léčba nemocných dějiny měst jazyka"
        " měření zvuku úrodnost luk cvičení paměť společnost rozdíly řešení ďábel tělo",
        "Novák Svobodová Dvořák Černá Procházka Kučerová Veselý Němcová Říha Žižková",
        "Jiří Božena Tomáš Anežka Ondřej Zdeňka Matěj Lucie",
    ),
    "Greek": (
        "ανάπτυξη καλαμιών λίμνες επίδραση θερμοκρασίας βάθους μελέτη μέθοδοι εκτίμησης ποιότητας νερού βόρειες περιοχές δυναμική πληθυσμών"
        " ψαριών εφαρμογή δικτύων προβλήματα οικονομία περιφερειών συγκριτική ανάλυση δομής εδαφών ιδιότητες υλικών θεραπεία ασθενών ιστορία"
        " πόλεων γλώσσας μέτρηση ήχου και των στην από διαφορές",
        "Παπαδόπουλος Γεωργίου Νικολαΐδης Οικονόμου Αντωνίου Βασιλείου Ζήσης Ψαρράς Ξένος Θεοδώρου",
        "Γιώργος Μαρία Νίκος Ελένη Δημήτρης Ιωάννα Κώστας Άννα",
    ),
    "Turkish": (
        "göllerde kamış büyümesi sıcaklığın derinliğin etkisi araştırma yöntemleri su kalitesi değerlendirilmesi kuzey bölgelerinde balık"
        " sayısı değişimi sinir ağları kullanımı sorunlarda ekonominin gelişmesi bölgeler karşılaştırmalı çözümleme toprak yapısı malzemelerin"
        " özellikleri hastaların tedavisi şehirlerin tarihi dil ölçümü ses ışık için üzerine yaklaşım",
        "Yılmaz Şahin Öztürk Aydın Çelik Yıldırım Işık Doğan Güneş Kılıç",
        "Ayşe Mehmet Gülşen İbrahim Çağla Uğur Özlem Işıl",
    ),
    "Arabic": (
        "نمو القصب البحيرات تأثير درجة الحرارة العمق دراسة طرق تقييم جودة المياه المناطق الشمالية أعداد الأسماك تطبيق الشبكات مسائل تنمية"
        " اقتصاد الأقاليم تحليل مقارن بنية التربة خواص المواد علاج المرضى تاريخ المدن اللغة قياس الصوت في على من الضوء المجتمع إدارة",
        "علي حسن الأحمد منصور الخطيب يوسف العمري سالم إبراهيم القاسم",
        "أحمد فاطمة محمود ليلى سعيد مريم خالد هدى",
    ),
    "Japanese": (
        "湖沼における ヨシの 季節的 成長に ついて 水温の 影響と 深さ 研究 方法の 評価 水質 北部 地域の 魚類 個体数"
        " 変動 ニューラル ネットワークを 用いた 予測"
        " 経済 発展 比較 分析 土壌 構造と 性質 材料の 患者の 治療 都市の 歴史 言語 音の 測定 光 社会に おける 問題",
        "山田 鈴木 佐藤 高橋 伊藤 渡辺 中村 小林 加藤 吉田",
        "太郎 花子 一郎 美咲 健一 裕子 誠 直美",
    ),
    "Korean": (
        "호수에서 갈대의 계절적 생장에 관한 연구 수온의 영향과 깊이 방법의 평가 수질 북부 지역의 어류 개체수 변동 신경망을 이용한 예측"
        " 경제 발전 비교 분석 토양 구조와 성질 재료의 환자의 치료 도시의 역사 언어 소리의 측정 빛 사회에서 문제",
        "김 이 박 최 정 강 조 윤 장 임",
        "철수 영희 민준 서연 지훈 수진 현우 은지",
    ),
    "Chinese, simplified": (
        "湖泊 芦苇 季节 生长 研究 水温 影响 深度 方法 评价 水质 北方 地区 鱼类 数量 变化 神经 网络 应用 预测 经济 发展"
        " 区域 比较 分析 土壤 结构 性质 材料 患者 治疗 城市 历史 语言 声音 测量 光学 社会 问题 基于 的",
        "王 李 张 刘 陈 杨 赵 黄 周 吴",
        "小明 大伟 丽华 建国 志强 秀英 晓东 雪梅",
    ),
    "Chinese, traditional": (
        "湖泊 蘆葦 季節 生長 研究 水溫 影響 深度 方法 評價 水質 北方 地區 魚類 數量 變化 神經 網路 應用 預測 經濟 發展"
        " 區域 比較 分析 土壤 結構 性質 材料 患者 治療 城市 歷史 語言 聲音 測量 光學 社會 問題 基於 的",
        "王 李 張 劉 陳 楊 趙 黃 周 吳",
        "小明 大偉 麗華 建國 志強 秀英 曉東 雪梅",
    ),
    "French": (
        "croissance des roseaux étangs influence température profondeur étude méthodes évaluation qualité eaux régions septentrionales"
        " dynamique poissons réseaux appliqués à la prévision développement économique comparée analyse sols propriétés matériaux malades"
        " traités histoire villes français mesure lumière société où être côté œuvre forêt hétérogène naïve",
        "Lefèvre Müller Béranger Garçon Noël Châtelain Dupont Hébert Côté Besançon",
        "François Zoé Jérôme Hélène André Agnès Benoît Cécile",
    ),
    "German": (
        "Wachstum des Schilfs Seen Einfluss Temperatur Tiefe über Methoden zur Prüfung der Gewässergüte nördlichen Gebieten Häufigkeit Fische"
        " Netze für Vorhersage Entwicklung ländlicher Räume vergleichende Untersuchung Böden Eigenschaften Werkstoffe Behandlung Kranker"
        " Städte Sprachgeschichte Messung Größe Straße Universität häufig möglich Übung Ökologie",
        "Müller Schröder Weiß Jäger König Köhler Böhm Groß Schäfer Günther",
        "Jürgen Käthe Björn Jörg Ännchen Günter Rüdiger Zoë",
    ),
}  # fmt: skip

ENGLISH = (
    "growth of reeds in lakes effects temperature depth study methods quality water northern regions dynamics fish networks prediction"
    " development economy analysis soils properties materials patients treatment history cities language measurement sound light"
)

ENCODINGS: dict[str, tuple[str, ...]] = {
    "Russian": ("cp1251", "koi8-r", "iso8859-5", "mac-cyrillic", "cp866"),
    "Ukrainian": ("cp1251", "koi8-u"),
    "Bulgarian": ("cp1251",),
    "Polish": ("cp1250", "iso8859-2"),
    "Czech": ("cp1250", "iso8859-2"),
    "Greek": ("cp1253", "iso8859-7"),
    "Turkish": ("cp1254",),
    "Arabic": ("cp1256",),
    "Japanese": ("shift_jis", "euc_jp", "iso2022_jp"),
    "Korean": ("euc_kr",),
    "Chinese, simplified": ("gb2312", "gbk", "gb18030"),
    "Chinese, traditional": ("big5",),
    "French": ("cp1252", "mac-roman"),
    "German": ("cp1252", "mac-roman"),
}
"""Encodings in which each language was written; UTF-8 and UTF-16 come to each."""

_UNSPACED = ("Japanese", "Chinese, simplified", "Chinese, traditional")


class File(NamedTuple):
    """A bibliography as text and as bytes."""

    language: str
    encoding: str
    records: int
    share: float
    text: str
    data: bytes


def _mine(word: str, tuning: bool) -> bool:
    return (hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % 2 == 0) == tuning


def files(*, tuning: bool) -> Iterator[File]:
    """Yield every file of one half of the words."""
    for language, vocabulary in WORDS.items():
        halves = [[word for word in part.split() if _mine(word, tuning)] or part.split() for part in vocabulary]
        for encoding in (*ENCODINGS[language], "utf-8", "utf-16"):
            for records in SIZES:
                for share in (1.0, 0.25):
                    for style in ("bib", "ris"):
                        rng = random.Random(f"{SEED} {language} {encoding} {records} {share} {style}")
                        text = _bibliography(language, halves, records, share, style, rng)
                        yield File(language, encoding, records, share, text, text.encode(encoding))


def _bibliography(language: str, halves: list[list[str]], records: int, share: float, style: str, rng: random.Random) -> str:
    words, families, given = halves
    join = "" if language in _UNSPACED else " "
    lines: list[str] = []
    for number_of in range(records):
        # Of four records in a short file one at least is in the language.
        native = number_of % max(round(1 / share), 1) == 0
        chosen = [rng.choice(words if native else ENGLISH.split()) for _ in range(rng.randint(4, 9))]
        title = (join if native else " ").join(chosen)
        title = title[:1].upper() + title[1:]
        people = [
            f"{rng.choice(families)}, {rng.choice(given)}"
            if native
            else f"{rng.choice(('Lee', 'Roe', 'Smith'))}, {rng.choice('ABCDE')}."
            for _ in range(rng.randint(1, 3))
        ]
        venue = (join if native else " ").join(rng.choice(words if native else ENGLISH.split()) for _ in range(2))
        year = rng.randint(1985, 2024)
        if style == "bib":
            lines.append(
                f"@article{{k{number_of},\n  author = {{{' and '.join(people)}}},\n  title = {{{title}}},\n"
                f"  journal = {{{venue}}},\n  year = {{{year}}},\n  pages = {{{rng.randint(1, 90)}--{rng.randint(91, 200)}}}\n}}\n"
            )
        else:
            lines += [
                "TY  - JOUR", *(f"AU  - {name}" for name in people), f"TI  - {title}", f"T2  - {venue}", f"PY  - {year}", "ER  - ", "",
            ]  # fmt: skip
    return "\n".join(lines)


class Outcome(NamedTuple):
    """How one file was read."""

    file: File
    found: str
    right: bool
    sure: bool
    peer: bool
    seconds: float
    peer_seconds: float


def outcomes(*, tuning: bool) -> list[Outcome]:
    """Read every file with both."""
    results = []
    for file in files(tuning=tuning):
        start = time.perf_counter()
        found = found_in(file.data)
        right = decode(file.data) == file.text
        middle = time.perf_counter()
        best = from_bytes(file.data).best()
        peer = best is not None and str(best).removeprefix("\ufeff") == file.text
        results.append(Outcome(file, found.encoding, right, found.sure, peer, middle - start, time.perf_counter() - middle))
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tuning", action="store_true", help="the words on which the reader was tuned")
    parser.add_argument("--wrong", action="store_true", help="name the files that are read wrong, or right without being sure")
    options = parser.parse_args()
    half = "tuning" if options.tuning else "held-out"
    heading(f"Encodings, {half} words", [versions("charset-normalizer")])
    results = outcomes(tuning=options.tuning)

    def share(some: list[Outcome], *, peer: bool = False) -> str:
        return f"{100 * sum(r.peer if peer else r.right for r in some) / max(len(some), 1):.1f} %"

    groups: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        old = not result.file.encoding.startswith("utf")
        groups["all files"]["all"].append(result)
        groups["Unicode or not"]["before Unicode" if old else "UTF-8, UTF-16"].append(result)
        if old:
            groups["records"][f"{result.file.records} records"].append(result)
            groups["share"]["all in the language" if result.file.share == 1 else "one in four in the language"].append(result)
            groups["encoding"][result.file.encoding].append(result)
    rows: list[list[object]] = []
    for group in groups.values():
        for name, some in group.items():
            wrong = [r for r in some if not r.right]
            unsure = sum(r.right and not r.sure for r in some)
            rows.append([name, len(some), share(some), share(some, peer=True), sum(r.sure for r in wrong), unsure])
    table(["files", "number", "right, ours", "right, peer", "wrong without a note", "right, but asked"], rows)
    old = [r for r in results if not r.file.encoding.startswith("utf")]
    print(f"Time a file before Unicode: ours {number(1000 * sum(r.seconds for r in old) / len(old))} ms, peer", end=" ")
    print(f"{number(1000 * sum(r.peer_seconds for r in old) / len(old))} ms.\n")
    if options.wrong:
        for r in results:
            if not r.right or not r.sure:
                state = ("right" if r.right else "WRONG") + (", sure" if r.sure else "")
                print(
                    f"- {r.file.language}, {r.file.encoding}, {r.file.records} records, share {r.file.share}: {r.found} ({state})"
                )


if __name__ == "__main__":
    main()
