"""What a field shows once it is signed (Decree 30/2020/NĐ-CP, Appendix I): set by Typst, drawn in PDF's own strokes.

A person: their signature in blue, or their name; the body: its seal in red, its name, and the time with its zone. Of a
person's picture (PNG) the colours stay as they are.
"""

import json
import re
import zlib
from datetime import datetime
from functools import cache
from importlib import resources
from xml.etree import ElementTree as Xml

from services.signing import typesetting
from services.signing.countersigned.acts import Image
from services.signing.countersigned.pdf_errors import PdfSignatureWrong
from services.signing.countersigned.places import PERSON, SEAL, Role, size
from services.signing.minutes_words import HANOI

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_STEP = re.compile(r"([MLCZHVmlczhv])([^MLCZHVmlczhv]*)")
_MM = 72 / 25.4
_LARGEST = 4_000_000
_WORD = re.compile(rb"(?<![^ \n])-?[0-9]+(?:\.[0-9]+)?(?![^ \n])")
_STROKES = frozenset(b"q Q cm m l c h f f* S w rg RG /Im Do".split())


def draw(role: Role, name: str, at: int, image: Image | None) -> bytes:
    """The content stream, compressed: `name` of the person or the body, `at` in seconds."""
    width, height = size(role)
    said = {
        "role": role,
        "name": typesetting.showable(name),
        "time": f"{datetime.fromtimestamp(at, HANOI).isoformat()}",
        "picture": image is not None,
        "width": width,
        "height": height,
    }
    svg = typesetting.draw(_source(), {"said": json.dumps(said, ensure_ascii=False)})
    strokes = _strokes(Xml.fromstring(svg), height)  # noqa: S314  # Typst's own output
    return zlib.compress("\n".join(([_picture(role, image)] if image else []) + strokes).encode(), 9)


def must_only_draw(drawing: bytes, who: Role) -> None:
    """Raise PdfSignatureWrong unless a content stream draws lines and areas, at most its picture: no text, no other."""
    machine = zlib.decompressobj()
    lines = machine.decompress(drawing, _LARGEST)
    if not machine.eof or machine.unused_data or not set(_WORD.sub(b"", lines).split()) <= _STROKES:
        raise PdfSignatureWrong(who=who, what="its appearance is no drawing")


def _picture(role: Role, image: Image) -> str:
    """The picture between title and name, as large as fits; of a seal, where and as large as the seal is."""
    (field, top), (wide, high) = size(role), ((SEAL, SEAL) if role == "seal" else PERSON)
    wide, high = wide * _MM, high * _MM
    middle = wide / 2 if role == "seal" else field / 2
    scale = min(wide / image.width, high / image.height)
    width, height = image.width * scale, image.height * scale
    left, bottom = middle - width / 2, top - high / 2 - height / 2
    return f"q {_n(width)} 0 0 {_n(height)} {_n(left)} {_n(bottom)} cm /Im Do Q"


def _strokes(svg: Xml.Element, height: float) -> list[str]:
    symbols = {
        symbol.attrib["id"]: _path(symbol[0].attrib["d"])
        for symbol in svg.iter(f"{_SVG}symbol")
        if len(symbol)
    }
    # SVG counts from the top, PDF from the bottom.
    return [f"q 1 0 0 -1 0 {_n(height)} cm", *_drawn(svg, symbols), "Q"]


def _drawn(group: Xml.Element, symbols: dict[str, str]) -> list[str]:
    lines = []
    for each in group:
        kind = each.tag.removeprefix(_SVG)
        if kind not in ("g", "use", "path"):
            continue
        lines += ["q", *_moved(each.get("transform"))]
        if kind == "g":
            lines += _drawn(each, symbols)
        elif kind == "use":
            lines.append(f"1 0 0 1 {_n(float(each.get('x', 0)))} {_n(float(each.get('y', 0)))} cm")
            lines.append(_painted(each, symbols.get(each.attrib[_LINK][1:], "")))
        else:
            lines.append(_painted(each, _path(each.attrib["d"])))
        lines.append("Q")
    return lines


def _moved(transform: str | None) -> list[str]:
    if not transform:
        return []
    name, _, numbers = transform.rstrip(")").partition("(")
    values = [float(number) for number in numbers.replace(",", " ").split()]
    match name, len(values):
        case "matrix", 6:
            pass
        case "translate", 1 | 2:
            values = [1, 0, 0, 1, values[0], values[1] if len(values) == 2 else 0]
        case "scale", 1 | 2:
            values = [values[0], 0, 0, values[-1], 0, 0]
        case _:
            raise ValueError(f"a transform that we do not draw: {transform}")
    return [" ".join(map(_n, values)) + " cm"]


def _painted(shape: Xml.Element, path: str) -> str:
    """A path filled, or stroked, in one colour."""
    stroke, fill = shape.get("stroke", "none"), shape.get("fill", "none")
    if not path:
        return ""
    if stroke != "none":
        return f"{_colour(stroke)} RG {_n(float(shape.get('stroke-width', 1)))} w {path} S"
    return f"{_colour(fill)} rg {path} {'f*' if shape.get('fill-rule') == 'evenodd' else 'f'}"


def _colour(text: str) -> str:
    return " ".join(_n(int(text[place : place + 2], 16) / 255) for place in (1, 3, 5))


def _path(data: str) -> str:
    """An SVG path of lines and cubic curves as PDF writes it."""
    x = y = left = top = 0.0
    steps = []
    for letter, rest in _STEP.findall(data):
        kind, numbers = letter.lower(), [float(number) for number in rest.replace(",", " ").split()]
        if kind == "z":
            steps.append("h")
            x, y = left, top
            continue
        if kind in "hv":
            fixed = 0.0 if letter.islower() else (y if kind == "h" else x)
            numbers = [numbers[0], fixed] if kind == "h" else [fixed, numbers[0]]
            kind = "l"
        if letter.islower():
            numbers = [number + (y if place % 2 else x) for place, number in enumerate(numbers)]
        x, y = numbers[-2:]
        if kind == "m":
            left, top = x, y
        steps.append(" ".join(map(_n, numbers)) + f" {kind}")
    return " ".join(steps)


def _n(number: float) -> str:
    """A number as PDF has them: no exponent, three places."""
    return "0" if abs(number) < 0.0005 else f"{number:.3f}".rstrip("0").rstrip(".")


@cache
def _source() -> bytes:
    return resources.files("services.signing.countersigned").joinpath("appearance.typ").read_bytes()
