"""Which encoding a text file is in: byte order mark, strict UTF-8 over the whole file, then strict GB18030. Never a
statistical detector; what two encodings fit is only doubted, and the user chooses."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from core.reader.sheet import Facts, Refusal

BLOCK = 8 << 20
LONGEST_LINE = 32 << 20
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Codecs of Python that are no encodings of files.
NO_FILES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
UTF8_WORD = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2,}(?![\x80-\xff])")


def candidates(path: Path, asked: str) -> list[str]:
    """The encodings to try in turn: the one asked for, the one that the file's mark names, or UTF-8 and GB18030."""
    if asked:
        try:
            codec = codecs.lookup(asked)
        except (LookupError, ValueError):
            raise Refusal("unknown_encoding") from None
        # Python looks a name up without its punctuation: `../big5` would do.
        if not re.fullmatch(r"[\w.-]+", asked) or not codec._is_text_encoding or codec.name.replace("-", "_") in NO_FILES:
            raise Refusal("unknown_encoding")
        return [asked]
    with path.open("rb") as opened:
        start = opened.read(4_096)
    for mark, name in MARKS:
        if start.startswith(mark):
            return [name]
    return [unmarked_utf16(start)] if unmarked_utf16(start) else ["utf-8", "gb18030"]


def unmarked_utf16(start: bytes) -> str:
    """`utf-16-le` or `-be` where every zero byte of the start stands on one side and the text is printable, else ""."""
    start = start[:len(start) // 2 * 2]
    left, right = start[::2].count(0), start[1::2].count(0)
    name = "utf-16-le" if right and not left else "utf-16-be" if left and not right else ""
    try:
        text = start[:len(start) - 2].decode(name) if name else ""
    except UnicodeDecodeError:
        return ""
    plain = all(letter.isprintable() or letter in "\t\r\n" for letter in text)
    return name if plain and re.search(r"[,;\t\n]", text) else ""


def blocks(path: Path, name: str, facts: Facts, told) -> Iterator[bytes]:
    """The file as UTF-8 in blocks of whole lines, without mark and NUL bytes; UnicodeDecodeError where it is in another
    encoding. A file said to be UTF-8 is passed on as it is: both ways of parsing check every byte of it."""
    plain, line, rest = name in ("utf-8", "utf-8-sig"), 1, b""
    decoder = None if plain else codecs.getincrementaldecoder(name)()
    with path.open("rb") as opened:
        while True:
            piece = opened.read(BLOCK)
            told(opened.tell())
            block = rest + (piece if plain else decoder.decode(piece, final=not piece).encode())
            cut = (block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, -1) + 1) if piece else len(block)
            block, rest = block[:cut], block[cut:]
            if len(rest) > LONGEST_LINE:
                raise Refusal("line_too_long", line + block.count(b"\n"))
            if line == 1:
                block = block.removeprefix(b"\xef\xbb\xbf")
            if b"\0" in block:
                _note(facts, "nul_bytes", line + block.count(b"\n", 0, block.index(b"\0")), block.count(b"\0"))
                block = block.replace(b"\0", b"")
            lines = block.count(b"\n")
            if (alone := block.count(b"\r") - block.count(b"\r\n") if b"\r" in block else 0):
                _note(facts, "carriage_returns", line + len(re.findall(rb"\n", block[:_lone(block)])), alone)
            line += lines
            if block:
                yield block
            if not piece:
                return


def _lone(block: bytes) -> int:
    return re.search(rb"\r(?!\n)", block).start()


def _note(facts: Facts, code: str, line: int, count: int) -> None:
    if code in facts.seen:
        facts.seen[code][0][3] += count
    else:
        facts.add(code, str(line), count=count)


def explain(path: Path, name: str) -> None:
    """Why strict decoding failed, where it can be told: the file was cut off, or its lines are in two encodings."""
    line, words, before = 1, False, b""
    with path.open("rb") as opened:
        for piece in iter(lambda: opened.read(BLOCK), b""):
            block, before = before + piece, b""
            cut = block.rfind(b"\n") + 1
            if len(piece) == BLOCK and cut:
                block, before = block[:cut], block[cut:]
            place = _failure(block, name)
            if place is None:
                words = words or bool(_words(block))
                line += block.count(b"\n")
                continue
            at, end, cut_off = place
            begin, after = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at) + 1 or len(block)
            here = line + block.count(b"\n", 0, at)
            if name == "utf-8":
                known = words or bool(_words(block[:begin]))
                if cut_off and (known or _words(block[begin:at])):
                    raise Refusal("truncated_file", here)
                other = _words(block[after:])
                if known or other:
                    raise Refusal("mixed_encodings", here if known else line + block.count(b"\n", 0, after + other[0]))
                return
            if cut_off:
                raise Refusal("truncated_file", here)
            if _words(block[begin:after]) and _failure(block[begin:after], "utf-8") is None:
                raise Refusal("mixed_encodings", here)
            return


def _failure(block: bytes, name: str) -> tuple[int, int, bool] | None:
    try:
        block.decode(name)
    except UnicodeDecodeError as error:
        return error.start, error.end, "end of data" in error.reason or "incomplete" in error.reason
    return None


def _words(block: bytes) -> list[int]:
    """Where a word stands that is common Chinese as UTF-8 but not as GBK; at most one."""
    for found in UTF8_WORD.finditer(block):
        try:
            text = found[0].decode()
        except UnicodeDecodeError:
            continue
        if _common(text, "gb2312", 0xD7) > 0.9 and _common(found[0].decode("gb18030", "replace"), "gb2312", 0xD7) < 1:
            return [found.start()]
    return []


def doubt(path: Path, facts: Facts) -> None:
    """Notes a file that GB18030 decodes to uncommon signs: it may be Big5 or something else."""
    sample = b""
    with path.open("rb") as opened:
        for piece in iter(lambda: opened.read(1 << 20), b""):
            if not piece.isascii():
                sample = piece[:piece.rfind(b"\n") + 1] or piece
                break
    said = "".join(c for c in sample.decode("gb18030", "ignore") if not c.isascii())[:5_000]
    try:
        big5 = "".join(c for c in sample.decode("big5") if not c.isascii())[:5_000]
    except UnicodeDecodeError:
        big5 = ""
    ours, theirs = _common(said, "gb2312", 0xD7), _common(big5, "big5", 0xC6)
    if said and (ours < 0.6 or (theirs > 0.95 and ours < 0.8)):
        facts.add("doubtful_encoding", "", said[:20] + (f" / {big5[:20]}" if theirs > ours else ""))


def _common(text: str, encoding: str, last: int) -> float:
    """The share of a text's signs that are punctuation or among the common characters of an encoding."""
    leads = [sign.encode(encoding, "ignore")[:1] for sign in text]
    return sum(bool(lead) and (0xA1 <= lead[0] <= 0xA3 or 0xA4 <= lead[0] <= last) for lead in leads) / max(len(text), 1)
