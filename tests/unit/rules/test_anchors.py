"""trust.pem: read so strictly that no changed byte goes unnoticed."""

from pathlib import Path

import pytest

from services.rules import credential
from services.rules.credential_errors import AnchorsMalformed
from tests.support import chains, tools
from tests.support.chains import mint

ROOT = mint(chains.authority("Root"))
OTHER = mint(chains.authority("Other"))


def test_round_trip() -> None:
    """Canonical blocks, one behind the other, give the certificates."""
    assert credential.load_anchors(f"{ROOT.pem}{OTHER.pem}".encode()) == [ROOT.der, OTHER.der]
    assert credential.to_pem(ROOT.der) == ROOT.pem


@tools.needs("openssl")
def test_what_openssl_writes(tmp_path: Path) -> None:
    """An operator's own anchor, as `openssl x509` writes it, is canonical."""
    der, pem = tmp_path / "root.der", tmp_path / "root.pem"
    der.write_bytes(ROOT.der)
    tools.run("openssl", "x509", "-inform", "DER", "-in", str(der), "-out", str(pem))
    assert credential.load_anchors(pem.read_bytes()) == [ROOT.der]


def test_every_changed_bit() -> None:
    """A trust.pem with any bit changed is refused."""
    text = ROOT.pem.encode()
    for bit in range(8 * len(text)):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(AnchorsMalformed):
            credential.load_anchors(bytes(changed))


def test_every_byte_more_or_less() -> None:
    """A trust.pem with a byte left out or put in anywhere, also before and behind it, is refused."""
    text = f"{ROOT.pem}{OTHER.pem}".encode()
    for place in range(len(text) + 1):
        added = {*b"\n\r\t #-=+/Ab0\x00\xef", *text[place : place + 1]}
        changes = [text[:place] + bytes([byte]) + text[place:] for byte in added]
        if place < len(text):
            changes.append(text[:place] + text[place + 1 :])
        for changed in changes:
            with pytest.raises(AnchorsMalformed):
                credential.load_anchors(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# nothing\n",
        f"\n{ROOT.pem}",
        f"{ROOT.pem}\n",
        f"# root\n{ROOT.pem}",
        f"{ROOT.pem}\n{OTHER.pem}",
        f"subject=CN = Root\n{ROOT.pem}",
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
