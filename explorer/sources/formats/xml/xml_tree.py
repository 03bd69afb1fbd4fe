"""What the XML formats share: records one by one out of a file of any size, and text out of elements.

Entities are never expanded, no document type is loaded, nothing is fetched. A file that declares entities is refused: no export of
papers does, and nested ones are the way an XML bomb is made (https://cwe.mitre.org/data/definitions/776.html).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.sources.encoding import encoding_of
from explorer.sources.source import Source, decode
from explorer.text.markup import is_element, plain_markup, single_spaced

if TYPE_CHECKING:
    from lxml.etree import _Element

Element: TypeAlias = "_Element"

_ENTITY = re.compile(rb"<!ENTITY\b", re.I)
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_OUTER = re.compile(r"\A<[^>]*>|</[^>]*>\Z")
_BROKEN_INDEX = re.compile(r"\s*\n\s*(<(?:\w+:)?su[bp]\b)")
_CONTROLS = re.compile(r"[\x80-\x9f]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([A-Za-z][\w.-]*)")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPELT = {
    "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", "iso8859-1": "ISO-8859-1", "cp1252": "windows-1252", "euc_jp": "EUC-JP",
    "mac-roman": "MACINTOSH",
}  # fmt: skip
_TAG = re.compile(r"<[^<>]*>")
"""A tag of serialised XML, in which a ``<`` that is none is a reference."""
_NAMESPACED = re.compile(r"\sxmlns(?::\w+)?=\"[^\"]*\"")


def sniff_root(head: bytes, *names: str) -> bool:
    """Whether one of the first two elements has one of `names`, whatever its namespace."""
    text = decode(head).lstrip()
    if text[:1] != "<":
        return False
    return any(name in names for name in _ROOT.findall(text[:8192])[:2])


def elements(source: Source, ledger: Ledger, *names: str) -> Iterator[Element]:
    """Yield the elements of given names in order, each freed once the next is asked for.

    Parameters
    ----------
    names : str
        Names without namespace. An element within one that is yielded is not yielded itself.

    Raises
    ------
    ReadError
        The file declares entities, or is damaged, nested or long beyond what libxml2 allows before its first record.
    """
    from lxml import etree

    head = source.head()
    if _ENTITY.search(head.replace(b"\0", b"")):
        raise ReadError(f"{source.name} declares XML entities, which can be made to fill the memory; they are not read.")
    tags = [f"{{*}}{name}" for name in names]
    depth = 0
    problem, found = "", False
    encoding = _encoding(source, head)
    foreign = encoding is not None and not _is_known(encoding)
    with io.BytesIO(source.utf8()) if foreign else source.open() as file:
        try:
            parsing = etree.iterparse(
                file, events=("start", "end"), tag=tags, recover=True, resolve_entities=False, load_dtd=False, no_network=True,
                huge_tree=False, remove_comments=True, remove_pis=True,
                encoding="UTF-8" if foreign else encoding,
            )  # fmt: skip
            for event, element in parsing:
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 0:
                    found = True
                    yield cast("Element", element)
                    _free(element)
            problem = next((f"line {e.line}: {e.message}" for e in parsing.error_log if e.level_name != "WARNING"), "")
        except etree.XMLSyntaxError as error:
            if error.code in (etree.ErrorTypes.ERR_DOCUMENT_EMPTY, 0) or error.msg is None or "no element" in str(error):
                problem = str(error.msg)
            else:
                raise ReadError(f"{source.name} is not readable XML: {error}. Export it again.") from error
    if problem and not found:
        raise ReadError(f"{source.name} is not readable XML ({problem}). Export it again.")
    if problem:
        ledger.repair(source.name, 0, "", "", "", f"the XML is damaged, and was read as far as it could be ({problem})")


def _encoding(source: Source, head: bytes) -> str | None:
    """Name of the encoding in libxml2's spelling, where it would not find it by itself."""
    declared = _DECLARED.match(head)
    name = source.encoding or (declared.group(1).decode() if declared else encoding_of(head, whole=False))
    try:
        name = codecs.lookup(name).name
    except LookupError:
        return None
    if name == "utf-8" or (name.startswith(("utf-8", "utf-16", "utf-32")) and head.startswith(_MARKS)):
        return None
    return _SPELT.get(name, name)


def _is_known(encoding: str) -> bool:
    """Whether libxml2 knows an encoding."""
    from lxml import etree

    try:
        etree.XMLParser(encoding=encoding)
    except LookupError:
        return False
    return True


def _free(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def papers(
    source: Source, ledger: Ledger, read: Callable[[Element], Mapping[str, Any]], *names: str
) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    """Number the elements of given names, turn each into fields, and reject those without any."""
    for number, element in enumerate(elements(source, ledger, *names), start=1):
        line = cast("int | None", element.sourceline)
        fields = {name: value for name, value in read(element).items() if value not in (None, "", [])}
        if fields:
            yield number, line, fields
        else:
            ledger.reject(source.name, number, "the record has no field that is known", line=line, text=text_of(element) or "")


def text_of(element: Element | None) -> str | None:
    """Readable text of an element on one line, or None; markup within is resolved."""
    if element is None:
        return None
    if len(element) == 0:
        inner = element.text or ""
    else:
        from lxml import etree

        whole = etree.tostring(element, encoding="unicode", with_tail=False)
        # An index stands on a line of its own where the XML is indented; no space belongs before it.
        inner = _BROKEN_INDEX.sub(r"\1", _OUTER.sub("", _NAMESPACED.sub("", whole)))
        inner = _TAG.sub(lambda match: match[0] if is_element(match[0]) else "", inner)
    return single_spaced(plain_markup(_CONTROLS.sub(" ", inner))) or None


def find(element: Element, *paths: str) -> Element | None:
    """First element at the first of `paths` that has one; a step of a path is a name in any namespace."""
    for path in paths:
        found = element.find(_any_namespace(path))
        if found is not None:
            return cast("Element", found)
    return None


def find_all(element: Element, path: str) -> list[Element]:
    """All elements at a path of names in any namespace."""
    return cast("list[Element]", element.findall(_any_namespace(path)))


def text_at(element: Element, *paths: str) -> str | None:
    """Text of the first of `paths` that has one."""
    for path in paths:
        for found in find_all(element, path):
            if text := text_of(found):
                return text
    return None


def texts_at(element: Element, path: str) -> list[str]:
    """Texts of all elements at a path, without empty ones."""
    return [text for found in find_all(element, path) if (text := text_of(found))]


def _any_namespace(path: str) -> str:
    return "/".join(step if step in (".", "") or step.startswith("{") else f"{{*}}{step}" for step in path.split("/"))


def family_first(family: str | None, given: str | None, suffix: str | None = None) -> str | None:
    """Name in the order that cannot be mistaken: ``Family, Given``."""
    return ", ".join(part for part in (family, given, suffix) if part) or None
