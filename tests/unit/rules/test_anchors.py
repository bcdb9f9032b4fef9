"""trust.pem: read so strictly that no changed byte goes unnoticed."""

import pytest

from services.rules import credential
from services.rules.credential_errors import AnchorsMalformed
from tests.support import chains
from tests.support.chains import mint

ROOT = mint(chains.authority("Root"))
OTHER = mint(chains.authority("Other"))


def test_round_trip() -> None:
    """Canonical blocks, with comments and blank lines between them, give the certificates."""
    text = f"# gốc tin cậy\n{ROOT.pem}\n# another\n\n{OTHER.pem}"
    assert credential.load_anchors(text.encode()) == [ROOT.der, OTHER.der]
    assert credential.to_pem(ROOT.der) == ROOT.pem


def test_every_changed_bit() -> None:
    """A trust.pem with any bit changed is refused."""
    text = ROOT.pem.encode()
    for bit in range(8 * len(text)):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(AnchorsMalformed):
            credential.load_anchors(bytes(changed))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        ROOT.pem[:-1],
        ROOT.pem + "#",
        ROOT.pem + ROOT.pem,
        " " + ROOT.pem,
        ROOT.pem.replace("\n", "\r\n"),
        ROOT.pem.replace("BEGIN CERTIFICATE", "BEGIN TRUSTED CERTIFICATE"),
        ROOT.pem.replace("-----\n", "-----\n\n", 1),
        ROOT.pem.replace("-----\n", "-----\n# inside\n", 1),
        ROOT.pem + "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        ROOT.pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ROOT.pem + "-----BEGIN CERTIFICATE-----\nA===\n-----END CERTIFICATE-----\n",
        "\ufeff" + ROOT.pem,
        mint(chains.leaf(), ROOT).pem,
        mint(chains.authority("Under"), ROOT).pem,
        mint(chains.leaf()).pem,
    ],
)
def test_not_canonical(text: str) -> None:
    """What is not a list of canonical self-signed authorities is refused."""
    with pytest.raises(AnchorsMalformed):
        credential.load_anchors(text.encode())


def test_other_columns() -> None:
    """The same certificate in lines of another length is refused: there is one way to write it."""
    head, *lines, end = ROOT.pem.splitlines()
    body = "".join(lines)
    for width in (60, 76):
        cut = [body[start : start + width] for start in range(0, len(body), width)]
        with pytest.raises(AnchorsMalformed):
            credential.load_anchors("\n".join([head, *cut, end, ""]).encode())
