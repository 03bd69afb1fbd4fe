"""What the columns of other programs are called, in some thirty languages, and which field of the schema each one is.

A name is looked up without case, accents, punctuation and the difference of ``pubYear`` from ``Pub Year``; then the two halves of one
in two languages (``Title-题名``), and what stands before a bracket (``Title (English)``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from explorer.memory import remembered

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "paper id", "key", "record id", "uid", "ut (unique wos id)", "ut", "lens id", "publication id", "openalex id", "paperid",
           "nct number", "trialid", "trial id", "main id", "reference id", "internal id"),
    "title": ("title", "primary title", "title primary", "article title", "document title", "item title", "paper title", "study title",
              "display name", "ti", "titles", "public title", "scientific title", "brief title", "official title", "english title",
              "full title", "original title", "publication name"),
    "abstract": ("abstract", "summary", "abstract note", "notes abstract", "ab", "abstracts", "abstract text", "paper abstract",
                 "brief summary", "description", "abstract/summary"),
    "authors": ("author full names", "authors", "author", "author/s", "creators", "author names", "first authors", "authors, primary",
                "author text", "authorships.author.display name", "authorships", "af", "au", "author(s)", "author list", "authors list",
                "author name", "author string", "all authors", "first author", "inventor/author", "inventors", "inventor",
                "contributors"),
    "published": ("published", "date", "publication date", "date published", "published at", "publishedat", "update date", "month",
                  "issue date", "online date", "pubdate", "pub date", "date of publication", "publish date", "published date",
                  "cover date", "created", "published month", "publication month", "pub month", "pd",
                  "date registration3", "date registration", "date of registration",
                  "first posted", "start date"),
    "precision": ("precision",),
    "year": ("year", "publication year", "pub year", "pubyear", "publication date (year)", "date of publication (year)", "py", "yr",
             "published year", "year derived", "year published", "year of publication"),
    "venue": ("venue", "journal", "source title", "publication title", "journal/book", "journal title", "booktitle", "book title",
              "journal ref", "pubtitle", "secondary title", "journal name", "primary location.source.display name", "so",
              "periodical full", "periodical", "container title", "conference title", "conference name", "proceedings title",
              "journal/conference", "journal/venue", "journal/source", "published in", "periodical abbrev", "publication"),
    "keywords": ("keywords", "author keywords", "tags", "ai keywords", "categories", "manual tags", "automatic tags", "index keywords", "de",
                 "mesh terms", "subject terms", "subjects", "ieee terms", "fields of study", "keyword", "key words", "descriptors",
                 "subject headings", "mesh headings", "index terms", "terms", "conditions", "condition", "keywords.display name",
                 "authkeywords"),
    "url": ("url", "link", "urls", "pdf link", "source urls", "external url", "dimensions url", "openurl link", "open url link",
            "document url", "documenturl", "article url", "articleurl", "plink", "full text url", "fulltexturl", "study url",
            "result link", "web address", "paper url", "publication url", "permalink", "abs url", "abstract url", "pdf url",
            "primary location.landing page url", "pub url"),
    "doi": ("doi", "item doi", "digitalobjectidentifier", "digital object identifier", "doi link", "di", "doi number", "article doi", "doi url",
            "doi id", "doi identifier", "doi code", "identifiant doi", "numero doi", "lien doi", "doi de l article", "identificador doi",
            "doi del articulo", "doi do artigo", "enlace doi", "link doi", "doi dell articolo", "doi nummer", "doi nr", "doi статьи"),
    "arxiv_id": ("arxiv id", "arxiv", "arxivid"),
    "code_url": ("code url", "code", "github", "githubrepo", "github repo", "github url"),
    "upvotes": ("upvotes", "votes", "likes"),
    "comments": ("comments", "numcomments", "num comments", "n comments"),
    "source": ("source", "database", "source register", "database provider", "srcdatabase"),
}  # fmt: skip
"""Names in English and of programs, in the order of preference."""

FURTHER: dict[str, tuple[str, ...]] = {
    "volume": ("volume", "journal volume", "biblio.volume"),
    "number": ("number", "issue", "issue number", "journal issue", "biblio.issue"),
    "pages": ("pages",),
    "first page": ("start page", "page start", "first page", "biblio.first page", "starting page"),
    "last page": ("end page", "page end", "last page", "other pages", "biblio.last page", "ending page"),
    "publisher": ("publisher",),
    "issn": ("issn", "issns"),
    "isbn": ("isbn", "isbns"),
    "language": ("language", "language of original document"),
    "pmid": ("pmid", "pubmed id", "medline pmid", "pubmedid", "ids.pmid"),
    "pmcid": ("pmcid", "pmc id", "pmc number", "pubmed central id"),
    "editor": ("editor", "editors", "book editors"),
    "entry_type": ("item type", "reference type", "document type", "entry type", "article type", "type of work"),
    "trial_id": ("nct number", "trialid", "trial id", "trial registration number"),
}
"""Further columns that other formats bring too: under one name a merge and an export to BibTeX or RIS know them."""

LANGUAGES: dict[str, dict[str, str]] = {
    "Chinese": {
        "title": "题名 标题 篇名 论文题名 论文标题 文献题名 文献标题 文章标题 文章题名 中文题名 中文标题 论文名称 文章名称 论文题目 题目"
                 " 題名 標題 論文名稱 論文題目 題目 文章標題 論文標題",
        "abstract": "摘要 文摘 中文摘要 论文摘要 内容摘要 論文摘要 內容摘要",
        "authors": "作者 作者姓名 作者名 全部作者 所有作者 论文作者 中文作者 著者 责任者 发明人 發明人 論文作者 責任者",
        "published": "发表时间 出版时间 发表日期 出版日期 发布日期 在线出版日期 网络出版时间"
                     " 刊出日期 公开日 日期 發表時間 出版時間 發表日期 公開日",
        "year": "年 年份 出版年 发表年 发表年份 出版年份 出版年度 年度 發表年份 發表年",
        "venue": "文献来源 来源 刊名 期刊 期刊名 期刊名称 来源出版物 来源期刊 中文刊名 出处 会议名称 会议录名称 学位授予单位 授予单位"
                 " 文獻來源 來源 期刊名稱 出處 會議名稱 刊名會議",
        "keywords": "关键词 关键字 中文关键词 作者关键词 主题词 标签 關鍵詞 關鍵字 主題詞 標籤",
        "url": "网址 链接 链接地址 原文链接 文献链接 網址 連結 鏈接 原文網址",
        "doi": "doi号 doi號",
        "source": "来源库 数据库 来源数据库 來源庫 資料庫 數據庫",
        "volume": "卷 卷号 卷次 卷號", "number": "期 期号 刊期 期次 期號", "pages": "页码 页 起止页码 起止页 页码范围 頁碼 頁 起止頁",
        "first page": "起始页 起页 起始頁 起始页码", "last page": "结束页 终止页 止页 結束頁 结束页码",
        "publisher": "出版社 出版者 出版商 出版单位 出版單位", "issn": "issn号", "isbn": "isbn号", "language": "语种 语言 語種 語言",
        "editor": "编者 主编 編者 主編",
        "entry_type": "类型 文献类型 资源类型 论文类型 文獻類型 類型",
    },
    "Japanese": {
        "title": "タイトル 題名 論題 論文名 論文題目 論文タイトル 文献タイトル 標題 表題 和文タイトル 記事タイトル",
        "abstract": "抄録 要旨 要約 概要 アブストラクト 和文抄録",
        "authors": "著者 著者名 著者氏名 執筆者 発表者 著者リスト",
        "published": "出版日 出版日付 発行日付 発行日 出版年月日 発行年月日 出版年月 発行年月 公開日 発表日 日付",
        "year": "出版年 発行年 刊行年 発表年 掲載年",
        "venue": "雑誌名 掲載誌 掲載誌名 収録刊行物 収録刊行物名 収録誌 ジャーナル ジャーナル名 誌名 資料名 刊行物名 会議名 書名",
        "keywords": "キーワード 索引語 シソーラス用語 統制語 著者キーワード タグ",
        "url": "リンク 本文リンク", "source": "データベース データベース名",
        "volume": "巻",
        "number": "号",
        "pages": "ページ 頁 掲載ページ ページ範囲",
        "first page": "開始ページ 開始頁",
        "last page": "終了ページ 終了頁",
        "publisher": "出版社 出版者 発行元 発行者", "language": "言語 本文言語", "editor": "編者 編集者",
        "entry_type": "資料種別 記事種別 文献種別",
    },
    "Korean": {
        "title": "제목 논문명 논문제목 논문표제 표제 서명 국문제목 자료명 타이틀 기사명",
        "abstract": "초록 요약 국문초록 논문초록 요지",
        "authors": "저자 저자명 지은이 글쓴이 전체저자 연구자 저자이름",
        "published": "발행일 발행일자 출판일 출판일자 게재일 발행년월 발행연월 발행년월일",
        "year": "발행연도 발행년도 발행년 출판연도 출판년도 연도 년도 게재연도 게재년도 학위수여연도 학위수여년도",
        "venue": "학술지명 학술지 저널명 저널 간행물명 간행물 수록지 수록지명 수록잡지명 게재지 학회지명 학술대회명 학위수여기관",
        "keywords": "주제어 키워드 핵심어 색인어 중심어 저자키워드 태그",
        "url": "링크 원문링크 원문url 링크주소", "source": "데이터베이스 출처",
        "volume": "권",
        "number": "호",
        "pages": "페이지 쪽 수록면 수록페이지 페이지범위",
        "first page": "시작페이지 시작쪽",
        "last page": "끝페이지 종료페이지 마지막페이지 끝쪽",
        "publisher": "발행기관 발행기관명 출판사 발행처", "language": "언어 본문언어", "editor": "편집자 편저자",
        "entry_type": "자료유형 문헌유형 자료구분",
    },
    "Russian": {
        "title": "название | заглавие | заголовок | название статьи | название публикации | название работы | наименование",
        "abstract": "аннотация | реферат | резюме | краткое содержание",
        "authors": "авторы | автор | автор(ы) | список авторов | фио авторов",
        "published": "дата публикации | дата | дата выхода | дата издания | опубликовано",
        "year": "год | год публикации | год издания | год выпуска | год выхода",
        "venue": "журнал | название журнала | источник | издание | название источника | сборник | конференция | наименование журнала",
        "keywords": "ключевые слова | теги | метки | рубрики",
        "url": "ссылка | ссылка на статью | гиперссылка", "source": "база данных",
        "volume": "том", "number": "номер | выпуск | № | номер выпуска", "pages": "страницы | стр",
        "first page": "начальная страница | первая страница", "last page": "конечная страница | последняя страница",
        "publisher": "издательство | издатель", "language": "язык", "editor": "редактор | редакторы",
        "entry_type": "тип документа | тип публикации | вид публикации",
    },
    "Spanish": {
        "title": "título | título del artículo | título del documento | título del trabajo",
        "abstract": "resumen | sumario",
        "authors": "autores | autor | autor(es) | autor/a | autores/as | autoría | nombre de los autores",
        "published": "fecha de publicación | fecha publicación | fecha | publicado",
        "year": "año | año de publicación | año publicación",
        "venue": "revista | título de la revista | nombre de la revista"
                 " | título de la fuente | título de la publicación | publicación | congreso",
        "keywords": "palabras clave | palabras claves | descriptores | etiquetas | palabras clave del autor | materias | temas",
        "url": "enlace | vínculo | dirección url", "source": "base de datos | fuente",
        "volume": "volumen | vol", "number": "número | núm | nº | fascículo", "pages": "páginas | págs | pp",
        "first page": "página inicial | página de inicio | primera página", "last page": "página final | página de fin | última página",
        "publisher": "editorial", "language": "idioma | lengua", "editor": "editores",
        "entry_type": "tipo de documento | tipo de publicación",
    },
    "Portuguese": {
        "title": "título do artigo | título do documento | título do trabalho",
        "abstract": "resumo | sumário",
        "authors": "autoria | nome dos autores | autores",
        "published": "data de publicação | publicado em | data da publicação",
        "year": "ano | ano de publicação | ano da publicação",
        "venue": "periódico | título da revista | título do periódico | nome da revista"
                 " | nome do periódico | título da fonte | publicação | evento | anais",
        "keywords": "palavras-chave | descritores | assuntos | palavras-chave do autor",
        "url": "ligação | hiperligação | endereço eletrônico | endereço eletrónico | endereço web", "source": "base de dados | fonte",
        "pages": "páginas", "last page": "página final", "publisher": "editora", "language": "língua", "editor": "organizadores",
    },
    "German": {
        "title": "titel | aufsatztitel | artikeltitel | titel des artikels"
                 " | titel des beitrags | beitragstitel | haupttitel | dokumenttitel",
        "abstract": "zusammenfassung | kurzfassung | kurzbeschreibung",
        "authors": "autoren | autor | autor(en) | autor/in | autor*innen"
                   " | autorinnen | autorinnen und autoren | verfasser | verfasser/in | verfasser*innen | urheber",
        "published": "erscheinungsdatum | veröffentlichungsdatum | publikationsdatum | datum | veröffentlicht",
        "year": "jahr | erscheinungsjahr | publikationsjahr | veröffentlichungsjahr",
        "venue": "zeitschrift | zeitschriftentitel | titel der zeitschrift | zeitschriftenname"
                 " | titel der quelle | quelle | fachzeitschrift | sammelwerk | buchtitel | konferenz",
        "keywords": "schlagwörter | schlagworte | schlagwort | stichwörter | stichworte | schlüsselwörter | deskriptoren",
        "url": "webadresse | internetadresse | verknüpfung", "source": "datenbank | quelle",
        "volume": "band | jahrgang | bd",
        "number": "heft | ausgabe | nummer | heftnummer | nr",
        "pages": "seiten | seitenangabe | seitenbereich | seite",
        "first page": "erste seite | anfangsseite | startseite", "last page": "letzte seite | endseite",
        "publisher": "verlag", "language": "sprache", "editor": "herausgeber | herausgeber*innen",
        "entry_type": "dokumenttyp | dokumentart | publikationstyp",
    },
    "French": {
        "title": "titre | titre de l'article | titre du document",
        "abstract": "résumé | sommaire",
        "authors": "auteurs | auteur | auteur(s) | auteur·e·s | auteur·rice·s | auteurs et autrices | inventeurs",
        "published": "date de publication | date de parution | publié le",
        "year": "année | année de publication | année de parution",
        "venue": "revue | titre de la revue | nom de la revue | périodique"
                 " | titre du périodique | titre de la source | titre de la publication | conférence | ouvrage",
        "keywords": "mots-clés | mots clés | mots-clefs | mots-clés auteur | descripteurs | étiquettes | marqueurs | sujets",
        "url": "lien | adresse url | adresse web | hyperlien", "source": "base de données",
        "volume": "tome", "number": "numéro | n° | fascicule", "pages": "pagination",
        "first page": "page de début | première page", "last page": "page de fin | dernière page",
        "publisher": "éditeur | maison d'édition", "language": "langue", "editor": "directeur de publication",
        "entry_type": "type de document | type de publication",
    },
    "Italian": {
        "title": "titolo | titolo dell'articolo | titolo del documento | titolo del contributo",
        "abstract": "riassunto | sommario | sintesi",
        "authors": "autori | autore | autore/i | autori/autrici",
        "published": "data di pubblicazione | data pubblicazione",
        "year": "anno | anno di pubblicazione | anno pubblicazione",
        "venue": "rivista | titolo della rivista | nome della rivista | periodico | titolo della fonte | pubblicazione | convegno",
        "keywords": "parole chiave | parole-chiave | soggetti | etichette | descrittori",
        "url": "collegamento", "source": "banca dati",
        "number": "fascicolo", "pages": "pagine | pagina", "first page": "pagina iniziale", "last page": "pagina finale",
        "publisher": "editore", "language": "lingua", "editor": "curatori | curatore",
        "entry_type": "tipo di documento | tipologia",
    },
    "Polish": {
        "title": "tytuł | tytuł artykułu", "abstract": "streszczenie | abstrakt", "authors": "autorzy | autor",
        "published": "data publikacji | data wydania",
        "year": "rok | rok wydania | rok publikacji",
        "venue": "czasopismo | tytuł czasopisma",
        "keywords": "słowa kluczowe", "url": "odnośnik", "volume": "tom", "number": "numer | zeszyt", "pages": "strony",
        "publisher": "wydawnictwo | wydawca", "language": "język", "source": "baza danych | źródło",
    },
    "Dutch": {
        "title": "titel van het artikel",
        "abstract": "samenvatting",
        "authors": "auteur | auteurs",
        "published": "publicatiedatum | verschijningsdatum",
        "year": "jaar | publicatiejaar | jaar van uitgave",
        "venue": "tijdschrift | titel van het tijdschrift",
        "keywords": "trefwoorden | sleutelwoorden",
        "volume": "jaargang",
        "number": "nummer | aflevering",
        "pages": "pagina's",
        "publisher": "uitgever | uitgeverij",
        "language": "taal",
        "source": "databank | bron",
    },
    "Turkish": {
        "title": "başlık | makale başlığı | makale adı", "abstract": "özet | öz", "authors": "yazarlar | yazar | yazar(lar)",
        "published": "yayın tarihi | yayımlanma tarihi",
        "year": "yıl | yayın yılı",
        "venue": "dergi | dergi adı",
        "keywords": "anahtar kelimeler | anahtar sözcükler",
        "url": "bağlantı",
        "volume": "cilt",
        "number": "sayı",
        "pages": "sayfa | sayfalar | sayfa aralığı",
        "publisher": "yayıncı | yayınevi",
        "language": "dil",
        "source": "veri tabanı | veritabanı",
    },
    "Ukrainian": {
        "title": "назва | назва статті",
        "abstract": "анотація",
        "authors": "автори",
        "published": "дата публікації",
        "year": "рік | рік видання | рік публікації",
        "venue": "видання | назва журналу | джерело",
        "keywords": "ключові слова",
        "url": "посилання",
        "number": "випуск",
        "pages": "сторінки",
        "publisher": "видавництво | видавець", "language": "мова", "source": "база даних",
    },
    "Czech": {
        "title": "název | titul | název článku", "abstract": "abstrakt | souhrn", "authors": "autoři",
        "published": "datum vydání | datum publikace", "year": "rok vydání",
        "venue": "časopis | název časopisu | zdrojový dokument", "keywords": "klíčová slova", "url": "odkaz", "volume": "ročník",
        "number": "číslo", "pages": "strany", "publisher": "vydavatel | nakladatel", "language": "jazyk", "source": "databáze",
    },
    "Slovak": {
        "title": "názov | názov článku", "abstract": "súhrn", "authors": "autori", "year": "rok vydania",
        "venue": "názov časopisu", "keywords": "kľúčové slová",
    },
    "Hungarian": {
        "title": "cím | cikk címe", "abstract": "kivonat | absztrakt | összefoglaló", "authors": "szerzők | szerző",
        "published": "megjelenés dátuma", "year": "év | megjelenés éve", "venue": "folyóirat | folyóirat címe",
        "keywords": "kulcsszavak", "volume": "kötet", "number": "szám | füzet", "pages": "oldalak | oldalszám",
        "publisher": "kiadó", "language": "nyelv", "source": "adatbázis",
    },
    "Romanian": {
        "title": "titlu | titlul articolului", "abstract": "rezumat", "authors": "autorii", "published": "data publicării",
        "year": "anul | anul publicării", "venue": "revista | titlul revistei", "keywords": "cuvinte cheie | cuvinte-cheie",
        "number": "numărul", "pages": "pagini", "publisher": "editura", "language": "limba",
    },
    "Bulgarian": {
        "title": "заглавие на статията", "abstract": "анотация | резюме", "authors": "автори", "year": "година",
        "venue": "списание", "keywords": "ключови думи", "url": "връзка",
    },
    "Croatian, Serbian and Slovenian": {
        "title": "naslov | naslov rada | naslov članka | наслов", "abstract": "sažetak | sažetek | povzetek | сажетак",
        "authors": "autori | autor(i) | avtorji | avtor | аутори", "published": "datum objave",
        "year": "godina | godina izdanja | leto | leto izdaje | година издања",
        "venue": "časopis | naziv časopisa | revija | часопис",
        "keywords": "ključne riječi | ključne reči | ključne besede | кључне речи", "url": "poveznica | povezava",
    },
    "Swedish": {
        "title": "titel | artikeltitel | rubrik", "abstract": "sammanfattning", "authors": "författare",
        "published": "publiceringsdatum", "year": "år | publiceringsår | utgivningsår", "venue": "tidskrift | tidskriftens titel",
        "keywords": "nyckelord | ämnesord", "url": "länk", "volume": "volym | årgång", "number": "häfte", "pages": "sidor",
        "publisher": "förlag | utgivare", "language": "språk", "source": "databas",
    },
    "Danish and Norwegian": {
        "title": "tittel | artikkeltittel | overskrift", "abstract": "resumé | sammendrag | sammenfatning",
        "authors": "forfattere | forfatter | forfatter(e)",
        "published": "udgivelsesdato | utgivelsesdato | publiceringsdato | publiseringsdato",
        "year": "udgivelsesår | utgivelsesår | publiceringsår | publiseringsår", "venue": "tidsskrift | tidsskriftets titel",
        "keywords": "nøgleord | nøkkelord | emneord", "url": "lenke", "volume": "årgang | bind", "number": "hefte",
        "pages": "sider", "publisher": "forlag | udgiver | utgiver", "language": "sprog | språk",
    },
    "Finnish": {
        "title": "otsikko | nimeke | artikkelin nimi", "abstract": "tiivistelmä", "authors": "tekijät | tekijä | kirjoittajat",
        "published": "julkaisupäivä", "year": "vuosi | julkaisuvuosi", "venue": "lehti | julkaisu | lehden nimi",
        "keywords": "avainsanat | asiasanat", "url": "linkki", "volume": "vuosikerta", "number": "numero", "pages": "sivut",
        "publisher": "kustantaja | julkaisija", "language": "kieli", "source": "tietokanta",
    },
    "Greek": {
        "title": "τίτλος | τίτλος άρθρου", "abstract": "περίληψη", "authors": "συγγραφείς | συγγραφέας",
        "published": "ημερομηνία δημοσίευσης", "year": "έτος | έτος δημοσίευσης | χρονολογία",
        "venue": "περιοδικό | τίτλος περιοδικού", "keywords": "λέξεις κλειδιά | λέξεις-κλειδιά", "url": "σύνδεσμος",
        "volume": "τόμος", "number": "τεύχος", "pages": "σελίδες", "publisher": "εκδότης", "language": "γλώσσα",
        "source": "βάση δεδομένων",
    },
    "Arabic": {
        "title": "العنوان | عنوان البحث | عنوان المقال | عنوان المقالة", "abstract": "الملخص | ملخص | المستخلص",
        "authors": "المؤلفون | المؤلف | المؤلفين | أسماء المؤلفين | الباحث | الباحثون", "published": "تاريخ النشر",
        "year": "السنة | سنة النشر | العام", "venue": "المجلة | اسم المجلة | عنوان المجلة | الدورية",
        "keywords": "الكلمات المفتاحية | كلمات مفتاحية | الكلمات الدالة", "url": "الرابط", "volume": "المجلد", "number": "العدد",
        "pages": "الصفحات", "publisher": "الناشر", "language": "اللغة", "source": "قاعدة البيانات",
    },
    "Persian": {
        "title": "عنوان | عنوان مقاله", "abstract": "چکیده", "authors": "نویسندگان | نویسنده | پدیدآورندگان",
        "published": "تاریخ انتشار", "year": "سال | سال انتشار", "venue": "مجله | نام مجله | نشریه | عنوان نشریه",
        "keywords": "کلیدواژه‌ها | کلید واژه ها | کلیدواژه ها | کلمات کلیدی | واژگان کلیدی", "url": "پیوند | لینک",
        "volume": "دوره | جلد", "number": "شماره", "pages": "صفحات", "publisher": "ناشر", "language": "زبان",
        "source": "پایگاه داده",
    },
    "Hebrew": {
        "title": "כותרת | כותר | שם המאמר", "abstract": "תקציר", "authors": "מחברים | מחבר | שמות המחברים",
        "published": "תאריך פרסום", "year": "שנה | שנת פרסום", "venue": "כתב עת | שם כתב העת", "keywords": "מילות מפתח",
        "url": "קישור", "volume": "כרך", "number": "גיליון", "pages": "עמודים", "publisher": "מוציא לאור", "language": "שפה",
    },
    "Indonesian and Malay": {
        "title": "judul | judul artikel | tajuk", "abstract": "abstrak | ringkasan", "authors": "penulis | pengarang",
        "published": "tanggal terbit | tarikh terbit", "year": "tahun | tahun terbit", "venue": "jurnal | nama jurnal",
        "keywords": "kata kunci | kata-kata kunci", "url": "tautan | pautan", "number": "nomor", "pages": "halaman",
        "publisher": "penerbit", "language": "bahasa",
    },
    "Vietnamese": {
        "title": "tiêu đề | tên bài báo | nhan đề | tên bài", "abstract": "tóm tắt", "authors": "tác giả | các tác giả",
        "published": "ngày xuất bản", "year": "năm | năm xuất bản", "venue": "tạp chí | tên tạp chí",
        "keywords": "từ khóa | từ khoá", "url": "liên kết", "volume": "tập", "number": "số", "pages": "trang",
        "publisher": "nhà xuất bản", "language": "ngôn ngữ",
    },
    "Thai": {
        "title": "ชื่อเรื่อง | ชื่อบทความ", "abstract": "บทคัดย่อ", "authors": "ผู้แต่ง | ชื่อผู้แต่ง | ผู้เขียน",
        "year": "ปี | ปีที่พิมพ์ | ปีที่เผยแพร่", "venue": "วารสาร | ชื่อวารสาร", "keywords": "คำสำคัญ", "url": "ลิงก์",
    },
    "Hindi": {
        "title": "शीर्षक", "abstract": "सारांश | सार", "authors": "लेखक", "year": "वर्ष | प्रकाशन वर्ष", "venue": "पत्रिका",
        "keywords": "मुख्य शब्द | कुंजी शब्द",
    },
    "Catalan": {
        "title": "títol | títol de l'article", "abstract": "resum", "authors": "autors", "published": "data de publicació",
        "year": "any | any de publicació", "venue": "títol de la revista", "keywords": "paraules clau", "url": "enllaç",
        "number": "número", "pages": "pàgines", "language": "idioma",
    },
}  # fmt: skip
"""Names in other languages by field; a bar parts those of several words, a space the others."""

_UNSPACED = ("Chinese", "Japanese", "Korean")
"""Languages whose names here have no spaces within."""

_NAMES = ("name", "paper", "article", "名称", "名稱", "名前", "이름", "nombre", "nome", "nom", "имя", "naam", "nazwa")
"""What Notion, Airtable and the like call the first column, which holds the titles where authors and another field stand beside it."""

_BESIDE = frozenset(("published", "year", "venue", "abstract", "doi", "url", "arxiv_id"))

PLACEHOLDER = re.compile(
    r"\[No [a-z ]{1,30} (?:available|listed)\]|\[[Aa]nonymous\]|\[Not Available\]\.?|"
    r"\[?(?i:no abstract(?: (?:is )?(?:available|provided|supplied|listed))?"
    r"|abstract (?:is )?not (?:available|provided))\.?\]?"
)
"""What databases write where there is nothing: ``[No abstract available]`` (Scopus), ``[No authors listed]`` and, for a title in
English, ``[Not Available].`` (PubMed), ``[Anonymous]``."""

NOTHING = frozenset(
    "NA N/A n/a #N/A &NA; &NA #NAME? #VALUE! #REF! #DIV/0! #NUM! #NULL! <NA> nan NaN NAN null NULL None none - -- --- – —".split()
)
"""What R, pandas, databases, spreadsheets and Crossref write for a value that is missing. ``Na`` and ``Null`` are people."""

_REMARKS = (
    "note notes comment comments remark remarks annotation annotations memo memos nota notas observacion observaciones comentario"
    " comentarios observacao observacoes notiz notizen anmerkung anmerkungen bemerkung bemerkungen kommentar kommentare kommentarer"
    " commentaire commentaires remarque remarques osservazioni commento commenti uwaga uwagi notatka notatki opmerking opmerkingen"
    " notitie notities notlar yorum yorumlar poznamka poznamky megjegyzes megjegyzesek observatii anteckning anteckningar huomautus"
    " muistiinpanot catatan примечание примечания комментарий комментарии заметки примітка примітки коментар бележка бележки σημειωση"
    " σημειωσεις ملاحظات ملاحظة یادداشت הערות הערה หมายเหตุ टिप्पणी"
    " 备注 備註 备考 備考 附注 附註 注释 註釋 批注 笔记 筆記 评论 評論 メモ コメント 注記 비고 메모 의견"
).split()
"""What people call the column of what they wrote themselves beside a record; another word may stand beside it (*reviewer notes*)."""

_DATES = ("data",)
"""Dates where another column is named in Portuguese, Italian or Polish; whatever they may be elsewhere."""

_APART = re.compile(r"[\s_.,:;/\\|()\[\]{}#*'’·\"?!-]+")
_HUMPS = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PREFIXED = re.compile(r"citation[_. ](?=\w)", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(\[（【][^()\[\]（）【】]*[)\]）】]\s*\Z")
_HALVES = re.compile(r"\s*[-/|:：_()（）\[\]–—]\s*|\s+")
_SPACED = re.compile(r"[a-zа-яёіїєґ]")


@remembered(65_536)
def _folded(name: str) -> str:
    """A name without case, accents and punctuation; without spaces where its script writes none between words."""
    text = unicodedata.normalize(
        "NFKD", name.strip("\ufeff \t").casefold().replace("ı", "i").replace("ł", "l").replace("№", "nº")
    )
    text = unicodedata.normalize("NFC", "".join(char for char in text if not unicodedata.combining(char)))
    return _APART.sub(" " if _SPACED.search(text) else "", text).strip()


def _meanings(table: Mapping[str, Iterable[str]]) -> dict[str, dict[str, int]]:
    """For each name the fields of a table it may mean, and its rank among the names of that field."""
    found: dict[str, dict[str, int]] = {}
    for field, names in table.items():
        every = list(names)
        for language, words in LANGUAGES.items():
            every += words.get(field, "").split(None if language in _UNSPACED else "|")
        for rank, name in enumerate(every):
            found.setdefault(_folded(name), {}).setdefault(field, rank)
    return found


_FIELDS, _FURTHER = _meanings(SYNONYMS), _meanings(FURTHER)
_TITLES = frozenset(map(_folded, _NAMES))
_OWN_WORDS = frozenset(map(_folded, _REMARKS))
_ROMANCE = frozenset(
    _folded(name)
    for language in ("Portuguese", "Italian", "Polish")
    for field in ("title", "abstract", "authors", "year", "venue", "keywords")
    for name in LANGUAGES[language][field].split("|")
) | {_folded("título")}


@remembered(65_536)
def _meant(name: str, *, further: bool = False) -> Mapping[str, int]:
    """What a column of this name may be: fields, with the rank of the name among those of each."""
    known = _FURTHER if further else _FIELDS
    folded = _folded(name)
    if folded in known:
        return known[folded]
    if len(name) > 80:
        return {}
    for other in (_HUMPS.sub(" ", name), _BRACKET.sub("", name), _PREFIXED.sub("", name, count=1)):
        if other != name and (found := known.get(_folded(other))):
            return found
    # Of a name in two languages the one in another script says more: ``Source-文献来源`` is no database.
    halves = [half for half in _HALVES.split(name) if half]
    foreign = [half for half in halves if not half.isascii()]
    if foreign and len(foreign) < len(halves):
        for other in ("".join(foreign), " ".join(half for half in halves if half.isascii())):
            if found := known.get(_folded(other)):
                return found
    if len(halves) == 2 and (found := known.get(_folded(halves[0]))) and known.get(_folded(halves[1])) == found:
        return found
    return {}


def columns_to_fields(names: Iterable[str]) -> dict[str, str]:
    """Map the column names of a file to the fields of the schema.

    Parameters
    ----------
    names : iterable of str
        Column names as they stand in the file.

    Returns
    -------
    dict
        ``{column: field}`` for the columns that are recognised; the first synonym in `SYNONYMS` wins, those of other languages come
        last.
    """
    names = list(names)
    found: dict[str, str] = {}
    for field, columns in candidates(names).items():
        first = next((name for name in columns if name not in found), None)
        if first is not None:
            found[first] = field
    if "published" not in found.values() and any(_folded(name) in _ROMANCE for name in names):
        found.update({name: "published" for name in names if _folded(name) in _DATES and name not in found})
    if "title" not in found.values() and "authors" in found.values() and not _BESIDE.isdisjoint(found.values()):
        loose = next((name for name in names if name not in found and _folded(name) in _TITLES), None)
        if loose is not None:
            found[loose] = "title"
    return found


def is_remarks(name: str) -> bool:
    """Whether a column is called like one of remarks, which may be as long as abstracts and are none: ``Reviewer notes``, ``备注``."""
    return not _OWN_WORDS.isdisjoint(_folded(_HUMPS.sub(" ", name)).split())


def candidates(names: Iterable[str]) -> dict[str, list[str]]:
    """Columns that are called like each field, in the order of `SYNONYMS`; of columns of one name, the first."""
    found: dict[str, list[tuple[tuple[int, bool], str]]] = {field: [] for field in SYNONYMS}
    for folded, name in {_folded(name): name for name in reversed(list(names))}.items():
        for field, rank in _meant(name).items():
            # Authors before Authors (Raw Affiliation).
            found[field].append(((rank, folded not in _FIELDS), name))
    return {field: [name for _, name in sorted(some, key=lambda item: item[0])] for field, some in found.items()}


def further_columns(names: Iterable[str]) -> dict[str, str]:
    """Columns that are called like those of `FURTHER`, ``{column: name}``; several may mean one."""
    # "SO" is a source: what a number is called in Vietnam has a mark on its letter.
    return {name: next(iter(meant)) for name in names if (meant := _meant(name, further=True)) and name.lower() != "so"}
