"""What programs that know nothing of us say of a signed edition: pdfsig with NSS, qpdf, OpenSSL, pyHanko, jose.

Each `must_…` fails unless all of them find exactly three signatures, whose they must be, valid and trusted, every
time-stamp over what it must be over, and nothing else done to the file.
"""

import asyncio
import base64
import io
import json
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from tests.support import jades
from tests.support.jades import Part
from tests.support.tools import run

FIELDS = ("ThuKy", "ChuToa", "CoQuan")
_SIGNED = re.compile(rb"/Contents<([0-9A-F]+)>/ByteRange\[0 (\d+) (\d+) (\d+) *\]")
_BEGIN = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Trusted:
    """Anchors (PEM) of persons and seal, and of those whose word counts for time; the common names in the certificates
    of secretary, chair and body; how many archive time-stamps there must be."""

    persons: bytes
    time: bytes
    names: tuple[str, str, str]
    archives: int = 1


# --- The page --------------------------------------------------------------------------------------------------------


def must_agree_on_page(pdf: bytes, trusted: Trusted, directory: Path) -> None:
    """certificate.signed.pdf, minutes.signed.pdf: by pdfsig, qpdf, OpenSSL and pyHanko. Writes into `directory`."""
    directory.mkdir(exist_ok=True)
    (directory / "signed.pdf").write_bytes(pdf)
    (directory / "trust.pem").write_bytes(trusted.persons)
    (directory / "time.pem").write_bytes(trusted.time)
    must_be_trusted_by_pdfsig(trusted, directory)
    said = run("qpdf", "--check", str(directory / "signed.pdf"))
    assert "No syntax or stream encoding errors found" in said
    must_verify_by_openssl(pdf, trusted, directory)
    must_be_untouched_by_pyhanko(pdf, trusted)


def must_be_trusted_by_pdfsig(trusted: Trusted, directory: Path) -> None:
    """Three signatures in their fields and names, valid and trusted, then the archives; the last covers everything."""
    store = directory / "nss"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    for number, anchor in enumerate(pems(trusted.persons)):
        path = directory / f"anchor-{number}.pem"
        path.write_bytes(anchor)
        run("certutil", "-A", "-d", f"sql:{store}", "-n", f"root {number}", "-t", "C,C,C", "-i", str(path))
    said = run("pdfsig", "-nssdir", str(store), "-no-ocsp", str(directory / "signed.pdf"))
    parts = said.split("Signature #")[1:]
    assert len(parts) == len(FIELDS) + trusted.archives, said
    for field, name, part in zip(FIELDS, trusted.names, parts, strict=False):
        assert f"Signature Field Name: {field}\n" in part, said
        assert f"Signer Certificate Common Name: {name}\n" in part, said
        assert "Signature Type: ETSI.CAdES.detached" in part, said
        assert "Signature is Valid." in part, said
        assert "Certificate is Trusted." in part, said
    # It does not know document time-stamps; but it sees that the last covers everything, and that no other does.
    for number, part in enumerate(parts[len(FIELDS) :], start=1):
        assert f"Signature Field Name: {number}-LuuTru\n" in part, said
    assert ["  - Total document signed" in part for part in parts] == [False] * (len(parts) - 1) + [True]


def cut_out(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Each signature and what it covers, by its byte range, with no PDF library at all."""
    cut = []
    for each in _SIGNED.finditer(pdf):
        start, end, rest = int(each[2]), int(each[3]), int(each[4])
        cut.append((bytes.fromhex(each[1].decode()), pdf[:start] + pdf[end : end + rest]))
    return cut


def must_verify_by_openssl(pdf: bytes, trusted: Trusted, directory: Path) -> None:
    """Each signature as CAdES up to the anchor, at the time of its time-stamp; each time-stamp over what it covers."""
    cut = cut_out(pdf)
    assert len(cut) == len(FIELDS) + trusted.archives
    for signature, covered in cut[: len(FIELDS)]:
        signer = cms.ContentInfo.load(signature)["content"]["signer_infos"][0]
        token = signer["unsigned_attrs"][0]["values"][0].dump()
        must_be_stamped(token, bytes(signer["signature"].native), trusted, directory)
        (directory / "sig.der").write_bytes(signature)
        (directory / "covered.bin").write_bytes(covered)
        said = run(
            *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-attime", str(int(stamped_at(token).timestamp())), "-in", str(directory / "sig.der")),
            *("-content", str(directory / "covered.bin"), "-out", "/dev/null"),
            *("-CAfile", str(directory / "trust.pem")),
        )
        assert "CAdES Verification successful" in said
    for archive, everything in cut[len(FIELDS) :]:
        must_be_stamped(_without_padding(archive), everything, trusted, directory)


def _without_padding(token: bytes) -> bytes:
    """As long as it says it is: a token may end in a zero of its own, once in 256 times."""
    own: bytes = cms.ContentInfo.load(token).dump()
    return own


def stamped_at(token: bytes) -> datetime:
    """When, by a token's own word; what stands behind the token does not matter."""
    stated = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    moment: datetime = tsp.TSTInfo.load(stated.dump())["gen_time"].native
    return moment


def must_be_stamped(token: bytes, over: bytes, trusted: Trusted, directory: Path) -> None:
    """`openssl ts` finds the token good over these bytes, and not over others."""
    (directory / "time.pem").write_bytes(trusted.time)
    (directory / "token.der").write_bytes(token)
    told = {"OK": over, "FAILED": over + b" "}
    for verdict, data in told.items():
        (directory / "over.bin").write_bytes(data)
        said = run(
            *("openssl", "ts", "-verify", "-token_in", "-in", str(directory / "token.der")),
            *("-data", str(directory / "over.bin"), "-CAfile", str(directory / "time.pem")),
            *("-attime", str(int(stamped_at(token).timestamp()))),
            must=False,
        )
        assert f"Verification: {verdict}" in said, said


def must_be_untouched_by_pyhanko(pdf: bytes, trusted: Trusted) -> None:
    """Its difference analysis finds signatures, what validates them, time-stamps, and nothing else."""
    persons, last = ModificationLevel.FORM_FILLING, ModificationLevel.NONE
    archives = [
        (f"{number}-LuuTru", True, ModificationLevel.LTA_UPDATES) for number in range(1, trusted.archives)
    ]
    assert asyncio.run(levels(pdf, trusted)) == [
        (FIELDS[0], True, persons),
        (FIELDS[1], True, persons),
        (FIELDS[2], True, ModificationLevel.LTA_UPDATES if trusted.archives else last),
        *archives,
        *([(f"{trusted.archives}-LuuTru", True, last)] if trusted.archives else []),
    ]


async def levels(pdf: bytes, trusted: Trusted) -> list[tuple[str, bool, ModificationLevel]]:
    """What pyHanko says of each signature: its field, whether all is well, and what was done after it."""
    found = []
    for each in PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures:
        status: Any
        if each.sig_object_type == "/DocTimeStamp":
            moment = stamped_at(bytes(each.pkcs7_content))
            status = await async_validate_pdf_timestamp(each, _context(trusted, moment))
            fine = status.valid and status.intact and status.trusted
        else:
            moment = each.self_reported_timestamp
            status = await async_validate_pdf_signature(each, _context(trusted, moment))
            fine = status.bottom_line
        found.append((each.field_name, fine, status.modification_level))
    return found


def _context(trusted: Trusted, moment: datetime) -> ValidationContext:
    anchors = pems(trusted.persons) + pems(trusted.time)
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(der(pem)) for pem in anchors],
        allow_fetching=False,
        moment=moment,
        revocation_mode="soft-fail",
    )


def pems(several: bytes) -> list[bytes]:
    """The certificates of a file, one by one."""
    return [_BEGIN + each for each in several.split(_BEGIN)[1:]]


def der(pem: bytes) -> bytes:
    """One of them as DER."""
    return base64.b64decode(b"".join(pem.strip().split(b"\n")[1:-1]))


# --- The file --------------------------------------------------------------------------------------------------------


def must_agree_on_file(file: bytes, trusted: Trusted, directory: Path) -> list[Part]:
    """certificate.signed.json, minutes.signed.json: by the rules of JAdES, by OpenSSL and by jose. Its signatures."""
    directory.mkdir(exist_ok=True)
    (directory / "trust.pem").write_bytes(trusted.persons)
    parts = jades.read(file)
    assert len(parts) == len(FIELDS)
    for name, part in zip(trusted.names, parts, strict=True):
        moment = stamped_at(part.imprints[0][1])
        _must_lead_to_anchor(part.chain, name, moment, directory)
        for _, token, over in part.imprints:
            must_be_stamped(token, over, trusted, directory)
    assert [[kind for kind, _, _ in part.imprints] for part in parts] == [
        ["sigTst"],
        ["sigTst"],
        ["sigTst", *["arcTst"] * trusted.archives],
    ]
    must_verify_by_jose(file, parts, directory)
    return parts


def _must_lead_to_anchor(chain: tuple[bytes, ...], name: str, moment: datetime, directory: Path) -> None:
    """OpenSSL's path from the first certificate, by what was sent beside it, to the anchor; whose it is."""
    leaf, *above = [_pem(each) for each in chain]
    (directory / "leaf.pem").write_text(leaf)
    (directory / "above.pem").write_text("".join(above))
    beside = ("-untrusted", str(directory / "above.pem")) if above else ()
    said = run(
        *("openssl", "verify", "-purpose", "any", "-attime", str(int(moment.astimezone(UTC).timestamp()))),
        *("-CAfile", str(directory / "trust.pem"), *beside, str(directory / "leaf.pem")),
    )
    assert said.strip().endswith("OK"), said
    shown = ("openssl", "x509", "-noout", "-subject", "-nameopt", "utf8,sep_multiline,lname")
    assert f"commonName={name}" in run(*shown, "-in", str(directory / "leaf.pem")).replace(" ", " ")


def must_verify_by_jose(file: bytes, parts: list[Part], directory: Path) -> None:
    """`jose jws ver`: the file as it is by all three keys out of `x5c`; each signature by its own alone."""
    (directory / "whole.jws").write_bytes(file)
    keys = []
    for place, part in enumerate(parts):
        key, alone = directory / f"{place}.jwk", directory / f"{place}.jws"
        key.write_text(json.dumps(jwk(part.chain[0])))
        alone.write_text(json.dumps(part.flat))
        keys.append(str(key))
    every = [word for key in keys for word in ("-k", key)]
    out = directory / "payload"
    run("jose", "jws", "ver", "-a", "-i", str(directory / "whole.jws"), *every, "-O", str(out))
    assert jades.encoded(out.read_bytes()) == parts[0].payload
    for place in range(len(parts)):
        alone = directory / f"{place}.jws"
        run("jose", "jws", "ver", "-i", str(alone), "-k", keys[place], "-O", str(out))
        assert jades.encoded(out.read_bytes()) == parts[0].payload
        for other in {*keys} - {keys[place]}:
            asked = ["jose", "jws", "ver", "-i", str(alone), "-k", other]
            assert subprocess.run(asked, capture_output=True, check=False).returncode != 0


def jwk(certificate: bytes) -> dict[str, str]:
    """The key of a certificate (RFC 7517)."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        assert key.curve.name == "secp256r1"
        point = key.public_numbers()
        x, y = (jades.encoded(number.to_bytes(32)) for number in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    assert isinstance(key, rsa.RSAPublicKey)
    numbers = key.public_numbers()
    n, e = (jades.encoded(each.to_bytes((each.bit_length() + 7) // 8)) for each in (numbers.n, numbers.e))
    return {"kty": "RSA", "n": n, "e": e}


def _pem(certificate: bytes) -> str:
    lines = base64.encodebytes(certificate).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"
