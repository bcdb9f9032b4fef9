"""What is nested without end is no message: refused as anything else that cannot be read, wherever it stands."""

import msgspec
import pytest

from services.rules import jws
from services.rules.extract import ballot_in
from services.rules.floor import record
from services.rules.proof_errors import ExtractWrong
from services.wire import Extract, FloorActs
from tests.support.hostile_values import DEEP

NESTED = [b'{"zz":' + DEEP + b',"act":"ask"}', b'{"act":' + DEEP + b"}", b'{"zz":{"zz":' + DEEP + b"}}"]


@pytest.mark.parametrize("raw", NESTED)
def test_a_signed_message_is_not_well_formed(raw: bytes) -> None:
    """Where the kind of a message is looked for, all before it is passed over: however deep it is."""
    with pytest.raises(jws.NotWellFormed):
        jws.parse(raw, msgspec.json.Decoder(FloorActs))


@pytest.mark.parametrize("raw", NESTED)
def test_a_ledger_has_no_such_line(raw: bytes) -> None:
    """A stranger who proves it hears which line it is."""
    with pytest.raises(ExtractWrong):
        ballot_in(7, raw, "A" * 43)


@pytest.mark.parametrize("raw", NESTED)
def test_a_floor_has_no_such_line(raw: bytes) -> None:
    """Nor does it say that something of that kind has changed."""
    news = b'{"kind":"clock","at":1,"news":[' + raw + b"]}"
    for line in (raw, news):
        with pytest.raises(ExtractWrong):
            record._read(
                Extract(origin="", log_key="", start=0, frontier=(), lines=(line.decode(),), checkpoint="")
            )
