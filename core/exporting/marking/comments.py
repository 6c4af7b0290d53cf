"""The comments of one sheet and the legacy drawing that shows them; what others commented stays."""

import re
from math import ceil

from core.exporting.marking.sheet import Place, area, letters
from core.exporting.marking.xml_edit import Edit, Element, edited, grown, plain, prefix, scan

AUTHOR = "铁军 Tiejun"
# Whatever follows this in a comment is ours of an earlier round; what comes before it is somebody else's.
MARK = "【铁军 Tiejun】"
BLANKS_AT_END = re.compile(rb"(?:\s|&#(?:10|13|x[aAdD]);|_x000[dD]_)+$")
EMPTY = (b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="http://schemas.openxmlformats.org/'
         b'spreadsheetml/2006/main"><authors/><commentList/></comments>')
EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b'</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>')
WIDE = 36  # signs of text, a Chinese one counting two, in a line of a comment


def comment(data: bytes, texts: dict[Place, list[str]]) -> tuple[bytes, set[Place], set[Place]]:
    """The comments part with our texts in place of those of an earlier round; the cells that no longer have a comment,
    and the cells that newly have one."""
    found, name = scan(data, _keep), prefix(data)
    edits, gone, kept = [], set(), {}
    for e, parts in _each_comment(found):
        place = _place(e)
        edit = _without_ours(data, e, parts)
        if edit is None:
            edits.append((e.start, e.end, b""))
            gone.add(place)
        else:
            edits += edit
            kept[place] = next(part for part in parts if part.key == "text")
    for place in texts.keys() & kept.keys():
        edits += _grown_text(data, kept[place], name, "\n\n" + _said(texts[place]))
    authors, listed = (next(e for e in found if e.key == key) for key in ("authors", "commentList"))
    number = sum(e.key == "author" for e in found)
    new = "".join(f'<{name}comment ref="{letters(column)}{row}" authorId="{number}"><{name}text>'
                  f"{_run(name, _said(texts[row, column]))}</{name}text></{name}comment>"
                  for row, column in sorted(texts.keys() - kept.keys()))
    if new:
        edits += grown(data, authors, f"<{name}author>{AUTHOR}</{name}author>".encode())
        edits += grown(data, listed, new.encode())
    return edited(data, edits), gone, texts.keys() - kept.keys()


def _keep(name: str, attributes: dict, depth: int) -> str | None:
    return name if name in ("authors", "author", "commentList", "comment", "text", "r", "t") else None


def _each_comment(found: list[Element]) -> list[tuple[Element, list[Element]]]:
    grouped: list[tuple[Element, list[Element]]] = []
    for e in found:
        if e.key == "comment":
            grouped.append((e, []))
        elif grouped and e.end <= grouped[-1][0].end:
            grouped[-1][1].append(e)
    return grouped


def _place(e: Element) -> Place | None:
    place = area(e.attributes.get("ref", ""))
    return (place[0], place[2]) if place else None


def _without_ours(data: bytes, e: Element, parts: list[Element]) -> list[Edit] | None:
    """The edits that cut our part off a comment; None where nothing else was in it. The text is searched as a whole:
    some programs write each script of a text as a run of its own."""
    texts = [part for part in parts if part.key == "t"]
    before, found, _ = b"".join(data[t.inner:t.close] for t in texts).partition(MARK.encode())
    if not found:
        return []
    before = BLANKS_AT_END.sub(b"", before)
    if before.strip() in (b"", f"{AUTHOR}:".encode()):
        return None
    left = len(before)
    for t in texts:
        if left < t.close - t.inner:
            cut = t
            break
        left -= t.close - t.inner
    later = [(run.start, run.end, b"") for run in parts if run.key == "r" and run.start > cut.inner]
    return [(cut.inner + left, cut.close, b""), *later]


def _said(texts: list[str]) -> str:
    return "\n".join([MARK, *texts])


def _run(name: str, text: str) -> str:
    return f'<{name}r><{name}t xml:space="preserve">{plain(text)}</{name}t></{name}r>'


def _grown_text(data: bytes, text: Element, name: str, added: str) -> list[Edit]:
    return [edit for edit in grown(data, text, _run(name, added).encode()) if edit[2] != data[edit[0]:edit[1]]]


def draw(data: bytes, gone: set[Place], texts: dict[Place, list[str]]) -> bytes:
    """The legacy drawing without the boxes of comments that are gone and with one for each new comment."""
    def still_there(found: re.Match) -> bytes:
        row, column = (re.search(rb"<x:" + part + rb">\s*(\d+)", found[0]) for part in (b"Row", b"Column"))
        return b"" if row and column and (int(row[1]) + 1, int(column[1]) + 1) in gone else found[0]

    data = re.sub(rb"<v:shape\s.*?</v:shape>", still_there, data, flags=re.S)
    highest = max([1024, *(int(number) for number in re.findall(rb'id="_x0000_s(\d{1,9})"', data))])
    boxes = [_box(highest + i, place, texts[place]) for i, place in enumerate(sorted(texts), 1)]
    end = data.rindex(b"</xml>")
    return data[:end] + "".join(boxes).encode() + data[end:]


def _box(number: int, place: Place, texts: list[str]) -> str:
    lines = 1 + sum(ceil(sum(1 + (sign > "\u2e7f") for sign in line) / WIDE) for text in texts for line in text.split("\n"))
    return (f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
            f'width:210pt;height:{min(15 * lines + 12, 320)}pt;z-index:{number};visibility:hidden" fillcolor="#ffffe1"'
            f' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path'
            f' o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
            f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
            f"<x:Row>{place[0] - 1}</x:Row><x:Column>{place[1] - 1}</x:Column></x:ClientData></v:shape>")
