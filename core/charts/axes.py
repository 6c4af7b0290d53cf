"""Words, axes and labels that the shapes of charts share."""

from core.charts.looks import INKS

FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, Arial, sans-serif"
GRIDS = ("#E4E9EE", "#33404D")


def plain(words) -> str:
    """Words as text: Plotly reads a few HTML tags, user text must not become one."""
    return str(words).replace("<", "‹").replace(">", "›")


def cells(words) -> int:
    """How wide words are, in Latin letters: a Chinese one takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(words))


def wrapped(words, most: int) -> str:
    """Plain words in lines of at most so many Latin letters, broken after blanks, commas and Chinese letters."""
    lines, line, word = [], "", ""
    for letter in plain(words) + "\0":
        word += letter.rstrip("\0")
        if letter in " \0" or ord(letter) > 0x2E7F and letter not in "（《":
            if line and cells(line + word.rstrip()) > most and word not in "，。、；：）":
                lines, line = [*lines, line.rstrip()], ""
            line, word = line + word, ""
    return "<br>".join([*lines, line])


def amounts(dark: bool, **more) -> dict:
    """The axis that values are read from."""
    return {"gridcolor": GRIDS[dark], "zerolinecolor": INKS[dark], "automargin": True, "tickfont": {"size": 14},
            "separatethousands": True} | more


def named(words: str) -> dict:
    return {"text": plain(words), "font": {"size": 14}, "standoff": 6}


def labels(values: list, form: str) -> list[str]:
    """Values as they are written beside their marks; nothing beside a gap."""
    return ["" if value is None else f"{value:{form}}" for value in values]


def places(names, most: int = 28, **more) -> dict:
    """An axis of named places: by number, so that equal names stay apart."""
    return {"tickvals": list(range(len(names))), "ticktext": [wrapped(name, most) for name in names], "showgrid": False,
            "zeroline": False, "automargin": True, "tickfont": {"size": 14}} | more


def downwards(names, above: float = 0.0) -> dict:
    """Named places from top to bottom, a row each, with so much of a row free above the first."""
    return places(names, range=[len(names) - 0.5, -0.5 - above])
