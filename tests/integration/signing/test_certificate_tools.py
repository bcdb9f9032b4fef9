"""Programs that know nothing of us find the same: the seal is valid, trusted, and covers the whole document."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from services.rules import jws
from tests.support.issued import Issued, usual
from tests.support.tools import needs, run


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """A certificate; its PDF, the trust anchor and the rest lie in `tmp_path`."""
    made = usual()
    made.write(tmp_path)
    return made


@needs("pdfsig", "certutil")
def test_pdfsig_finds_the_seal_valid_and_trusted(issued: Issued, tmp_path: Path) -> None:
    """Poppler and NSS, with the anchor as the only one they trust."""
    database = tmp_path / "nss"
    database.mkdir()
    run("certutil", "-N", "-d", f"sql:{database}", "--empty-password")
    anchor = str(tmp_path / "trust.pem")
    run("certutil", "-A", "-d", f"sql:{database}", "-n", "root", "-t", "C,C,C", "-i", anchor)
    said = run("pdfsig", "-nssdir", str(database), "-no-ocsp", str(tmp_path / "certificate.pdf"))
    for part in (
        "Signature Field Name: CoQuan",
        "Signature Type: ETSI.CAdES.detached",
        "Total document signed",
        "Signature is Valid.",
        "Certificate is Trusted.",
    ):
        assert part in said, said


@needs("pdfsig", "certutil")
def test_pdfsig_finds_a_changed_document_changed(issued: Issued, tmp_path: Path) -> None:
    """The same tool on one changed byte."""
    path = tmp_path / "certificate.pdf"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    assert "Signature is Valid." not in run("pdfsig", "-nocert", str(path), must=False)


@needs("openssl")
def test_openssl_verifies_the_cades_signature(issued: Issued, tmp_path: Path) -> None:
    """Cut out by its byte range, with no PDF library at all."""
    pdf = issued.printed.pdf
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", pdf)
    assert found is not None
    start, end, _ = (int(number) for number in found.groups())
    (tmp_path / "signed.bin").write_bytes(pdf[:start] + pdf[end:])
    (tmp_path / "seal.der").write_bytes(bytes.fromhex(pdf[start + 1 : end - 1].decode()))
    command = "openssl cms -verify -cades -binary -inform DER -in seal.der -content signed.bin"
    command += " -CAfile trust.pem -purpose any -out /dev/null"
    done = subprocess.run(
        command.split(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "CAdES Verification successful" in done.stderr, done.stderr


@needs("openssl")
def test_openssl_verifies_certificate_json(issued: Issued, tmp_path: Path) -> None:
    """Its JWS signature, by the key in x5c[0] (r and s as DER), over protected.payload."""
    parts = json.loads(issued.printed.file)
    raw = jws.b64_decode(parts["signature"].encode())
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    (tmp_path / "signature.der").write_bytes(der)
    (tmp_path / "signed.txt").write_bytes(f"{parts['protected']}.{parts['payload']}".encode())
    header = json.loads(jws.b64_decode(parts["protected"].encode()))
    lines = "\n".join(re.findall(".{1,64}", header["x5c"][0]))
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
    run("openssl", "verify", "-CAfile", str(tmp_path / "trust.pem"), str(leaf))
    key = tmp_path / "key.pem"
    key.write_text(run("openssl", "x509", "-in", str(leaf), "-pubkey", "-noout"))
    signature, signed = str(tmp_path / "signature.der"), str(tmp_path / "signed.txt")
    assert "Verified OK" in run(
        "openssl", "dgst", "-sha256", "-verify", str(key), "-signature", signature, signed
    )


@needs("qpdf")
def test_qpdf_finds_the_file_sound_and_the_attachments_in_it(issued: Issued, tmp_path: Path) -> None:
    """No syntax error; what it detaches is what was certified."""
    path = str(tmp_path / "certificate.pdf")
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    for name, content in (
        ("certificate.json", issued.printed.file),
        ("ledger.jsonl", issued.printed.ledger),
    ):
        done = subprocess.run(["qpdf", path, f"--show-attachment={name}"], capture_output=True, check=True)
        assert done.stdout == content


@needs("pdfinfo")
def test_the_sealed_file_still_says_it_is_pdf_a_3a(issued: Issued, tmp_path: Path) -> None:
    """The seal comes as an update of the document, which keeps its metadata."""
    said = run("pdfinfo", "-meta", str(tmp_path / "certificate.pdf"))
    assert re.search(r"pdfaid:part[>=\"]+3", said)
    assert re.search(r"pdfaid:conformance[>=\"]+A", said)
    assert "Tagged:          yes" in run("pdfinfo", str(tmp_path / "certificate.pdf"))


@needs("unshare")
@pytest.mark.parametrize("command", ["verify", "audit"])
def test_it_verifies_where_there_is_no_network(issued: Issued, tmp_path: Path, command: str) -> None:
    """In a network namespace of its own, which has no interface but a dead loopback; and with no settings."""
    if not os.environ.get("CI") and subprocess.run(["unshare", "-rn", "true"], check=False).returncode:
        pytest.skip("the kernel does not let us unshare the network")
    directory = issued.write(tmp_path / "out")
    what = directory if command == "audit" else directory / "certificate.pdf"
    trust = str(tmp_path / "trust.pem")
    ours = [sys.executable, "-m", "services", command, str(what), "--trust", trust, "--json"]
    root = Path(__file__).parents[3]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    done = subprocess.run(
        ["unshare", "-rn", *ours], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
