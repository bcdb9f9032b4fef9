"""Pages as others read them, and text that is hard to set."""

from pathlib import Path

from tests.support.tools import run

HOSTILE = [
    '#strong[x] $a^2$ *b* _c_ `d` @e <f> = g // h /* i */ \\u{41} "j" #sys.inputs #read("/etc/passwd")',
    "#panic() ] } ) #let words = none",
    "%PDF-1.7 endobj stream >> ) \\) (",
    "<script>alert(1)</script> & &amp; ]]>",
    "ThậtLàDài" * 50,
    "w" * 500,
    "שלום עולם مرحبا",
    "Phiếu 🗳️ 👩‍👩‍👧 中文 ꜩ",
    "1. Điều 1 - a) + b",
    "Tên có \u00a0 khoảng trắng",
    "https://example.vn/" + "a/" * 200,
    "Nghị quyết «về» “việc” ‘ấy’ – được…",
]


def text_of(pdf: bytes, directory: Path) -> str:
    """The visible text, as poppler reads it, in one line, without the places where a long word may break."""
    path = directory / "page.pdf"
    path.write_bytes(pdf)
    run("pdftotext", "-layout", str(path), str(directory / "page.txt"))
    return " ".join((directory / "page.txt").read_text().replace("\u200b", "").split())


def tagged(node: object) -> tuple[set[str], set[str]]:
    """The kinds of elements under a node of the structure tree, and the alternative texts."""
    tags: set[str] = set()
    alternatives: set[str] = set()
    todo = [node]
    while todo:
        one = todo.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            todo += one
        elif isinstance(one, dict):
            tags.add(str(one.get("/S", "")))
            if "/Alt" in one:
                alternatives.add(str(one["/Alt"]))
            if "/K" in one:
                todo.append(one["/K"])
    return tags, alternatives
