"""The first look through a great poll's ledger, in the print shop: what its certificate is to name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from services.refusal import Refused
from services.rules import great_ledger
from services.rules.outside_evidence import may_speak_of_others
from services.rules.signed_acts import thumbprints_of
from services.signing.proving import Spoiled
from services.wire import UNREADABLE, Extract, LedgerEntry, LedgerFile, Withheld

_lines: msgspec.json.Decoder[LedgerEntry | Withheld] = msgspec.json.Decoder(LedgerEntry | Withheld)


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as the certificate names it, whose credentials signed its lines (thumbprints, in order), and the lines
    that may speak of what others said."""

    file: LedgerFile
    signers: list[str]
    of_others: list[str]


def look_through(extract: Extract, count: int, ledger: Path) -> Seen | Spoiled:
    """What is in the file of so many lines, each with its newline; nothing of it is proven yet."""
    signers, of_others = set[str](), list[str]()

    def reading() -> Iterator[bytes]:
        with ledger.open("rb") as lines:
            for line in lines:
                entry = _lines.decode(line)
                if not isinstance(entry, Withheld):
                    signers.update(thumbprints_of(entry))
                if may_speak_of_others(text := line.decode()):
                    of_others.append(text)
                yield line

    try:
        file = great_ledger.name(extract, reading(), count)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)
    except UNREADABLE as error:
        return Spoiled("ledger_line_wrong", str(error))
    return Seen(file, sorted(signers), of_others)
