"""Editing XML where it stands: every byte that is not changed stays as the user's own program wrote it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

TAG = re.compile(rb"""<[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*>""")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MOST_LETTERS = 32_767  # in a cell


@dataclass(slots=True)
class Element:
    """Where an element stands: its opening tag is data[start:inner], its content data[inner:close], all data[start:end];
    `key` is what the reader kept it as."""

    key: object
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0


Edit = tuple[int, int, bytes]


def scan(data: bytes, keep: Callable[[str, dict, int], object], first: int = 0, last: int | None = None) -> list[Element]:
    """The elements of data[first:last] in document order for which keep(local name, attributes, depth) answers a key,
    not None. Refuses a DOCTYPE and encodings other than UTF-8 with ValueError."""
    parser, found, open_elements = expat.ParserCreate(), [], []

    def start(tag: str, attributes: dict) -> None:
        key = keep(tag.rpartition(":")[2], attributes, len(open_elements))
        if key is None:
            open_elements.append(None)
            return
        at = first + parser.CurrentByteIndex
        element = Element(key, attributes, at, TAG.match(data, at).end())
        found.append(element)
        open_elements.append(element)

    def end(tag: str) -> None:
        element = open_elements.pop()
        if element is not None:
            empty = data[element.inner - 2:element.inner] == b"/>"
            element.close = element.inner if empty else first + parser.CurrentByteIndex
            element.end = element.inner if empty else data.index(b">", element.close) + 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = _no_doctype, _only_utf8
    parser.Parse(data[first:last], True)
    return found


def _no_doctype(*declared) -> None:
    raise ValueError("a DOCTYPE")


def _only_utf8(version, encoding, standalone) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise ValueError(encoding)


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """The data with data[start:end] replaced for each (start, end, new); inserts at one place keep their order."""
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])


def with_attributes(tag: bytes, **values: str | int | None) -> bytes:
    """An opening tag with attributes set, or taken away where the value is None."""
    for name, value in values.items():
        tag = re.sub(rb"\s" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", b"", tag)
        if value is not None:
            name_end = re.match(rb"<[^\s/>]+", tag).end()
            tag = tag[:name_end] + f' {name}="{quoted(value)}"'.encode() + tag[name_end:]
    return tag


def grown(data: bytes, element: Element, content: bytes, **attributes) -> list[Edit]:
    """The edits that add content at the element's end and set its attributes."""
    tag = with_attributes(data[element.start:element.inner], **attributes)
    if element.end == element.inner:
        name = re.match(rb"<([^\s/>]+)", tag)[1]
        return [(element.start, element.end, tag[:-2] + b">" + content + b"</" + name + b">")]
    return [(element.start, element.inner, tag), (element.close, element.close, content)]


def prefix(data: bytes) -> str:
    """What stands before the names of the document's own elements: "" or, where its writer declared one, `x:`."""
    return re.search(rb"<((?:[\w.-]+:)?)[A-Za-z_]", data)[1].decode()


def plain(value) -> str:
    """Text as element content: escaped, without the signs that XML cannot hold, at most what a cell holds."""
    return escape(ILLEGAL.sub("", str(value))[:MOST_LETTERS])


def quoted(value) -> str:
    """Text as the value of an attribute."""
    return plain(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
