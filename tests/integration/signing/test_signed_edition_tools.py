"""Programs that know nothing of us find the same in a signed edition: who signed, when, and nothing else was done."""

import asyncio
import io
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import ades, async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from services.rules import countersigned, proof
from services.rules.credential import Anchors, load_anchors
from services.signing.countersigned import pages, revisions
from services.signing.countersigned.acts import Act
from services.signing.countersigned.places import RECTS
from tests.support import engines, jades, minutes_edition, pdf_shadows
from tests.support.issued import PUBLIC_URL, usual
from tests.support.minutes_edition import MinutesEdition
from tests.support.pdf_attacks import ATTACKS
from tests.support.pdf_games import GAMES
from tests.support.pdf_shadows import SHADOWS
from tests.support.pki import Pki
from tests.support.signed_edition import Edition, finished, with_rsa
from tests.support.tools import needs, run

A4 = 841.89


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """One at B-LTA; the PDF and both anchors lie in `tmp_path`."""
    made = finished()
    (tmp_path / "signed.pdf").write_bytes(made.pdf)
    (tmp_path / "trust.pem").write_bytes(made.trust)
    (tmp_path / "time.pem").write_bytes(made.authority.trust)
    return made


@cache
def of_rsa_keys() -> Edition:
    """Secretary and chair hold RSA keys, as services outside do."""
    return with_rsa(Edition(usual()), "secretary", "chair").finished()


@cache
def of_an_rsa_chair() -> Edition:
    """Of minutes: the chair holds an RSA key, the secretary another kind."""
    return with_rsa(MinutesEdition(minutes_edition.issued()), "chair").finished()


@cache
def renewed_twice() -> Edition:
    """Eight years later, by three authorities for time."""
    return Edition(usual()).finished().renewed(4).renewed(4)


@cache
def minutes_renewed_twice() -> Edition:
    """The same of minutes."""
    return MinutesEdition(minutes_edition.issued()).finished().renewed(4).renewed(4)


EDITIONS: dict[str, Callable[[], Edition]] = {
    "a certificate": finished,
    "minutes": minutes_edition.finished,
    "a certificate, RSA keys": of_rsa_keys,
    "minutes, an RSA chair": of_an_rsa_chair,
    "a certificate, renewed twice": renewed_twice,
    "minutes, renewed twice": minutes_renewed_twice,
}
ALGORITHMS = {"a certificate, RSA keys": ["RS256", "RS256", "ES256"]}
ALGORITHMS["minutes, an RSA chair"] = ["ES256", "RS256", "ES256"]


@needs("pdfsig", "certutil", "qpdf", "openssl")
@pytest.mark.parametrize("what", EDITIONS)
def test_all_engines_agree_on_the_page(what: str, tmp_path: Path) -> None:
    """pdfsig with NSS, qpdf, OpenSSL, pyHanko: three signatures, whose they must be, and the archives."""
    made = EDITIONS[what]()
    assert made.archives == (3 if "twice" in what else 1)
    engines.must_agree_on_page(made.pdf, made.trusted, tmp_path)


@needs("jose", "openssl")
@pytest.mark.parametrize("what", EDITIONS)
def test_all_engines_agree_on_the_file(what: str, tmp_path: Path) -> None:
    """The rules of JAdES, jose, OpenSSL; and our own reader finds the same three."""
    made = EDITIONS[what]()
    parts = engines.must_agree_on_file(made.json, made.trusted, tmp_path)
    wanted = ALGORITHMS.get(what, ["ES256"] * 3)
    assert [part.header["alg"] for part in parts] == wanted
    anchors, times = Anchors(load_anchors(made.trust)), load_anchors(made.trusted.time)
    found = countersigned.open_paper(made.paper, made.json, anchors, times)
    assert (found.level, len(found.archives)) == ("B-LTA", made.archives)
    assert [list(each.chain) for each in found.signers] == [list(part.chain) for part in parts]


@needs("pdfsig", "certutil")
def test_the_engines_would_say_so(edition: Edition, tmp_path: Path) -> None:
    """What must be found is not found where it is not: another anchor, another name, one signature less."""
    wrong = {
        "not trusted": (replace(edition.trusted, persons=Pki().root.pem), edition.pdf),
        "another name": (replace(edition.trusted, names=("chu-toa", "thu-ky", "?")), edition.pdf),
        "one less": (
            edition.trusted,
            revisions.add(revisions.begin(revisions.read(edition.pdf).page), first(edition)).pdf,
        ),
        "no archive": (edition.trusted, edition.pdf[: revisions.read(edition.pdf).written[-2].end]),
    }
    for place, (trusted, pdf) in enumerate(wrong.values()):
        (directory := tmp_path / str(place)).mkdir()
        (directory / "signed.pdf").write_bytes(pdf)
        with pytest.raises(AssertionError):
            engines.must_be_trusted_by_pdfsig(trusted, directory)


def first(edition: Edition) -> Act:
    """What the secretary did."""
    return revisions.read(edition.pdf).acts[0]


def _clear(part: jades.Part) -> dict[str, Any]:
    return {"protected": part.protected, "signature": part.signature, "header": {"etsiU": list(part.texts)}}


def _spoiled(part: jades.Part, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    head = dict(part.header)
    change(head)
    return _clear(part) | {"protected": jades.encoded(json.dumps(head).encode())}


def _behind(part: jades.Part, *elements: object) -> dict[str, Any]:
    texts = [jades.encoded(json.dumps(each).encode()) for each in elements]
    return _clear(part) | {"header": {"etsiU": texts}}


NO_JADES: dict[str, Callable[[jades.Part], dict[str, Any]]] = {
    "sigT": lambda part: _spoiled(part, lambda it: it.update(sigT="2026-11-22T00:00:00Z")),
    "iat as a text": lambda part: _spoiled(part, lambda it: it.update(iat=str(it["iat"]))),
    "iat with a fraction": lambda part: _spoiled(part, lambda it: it.update(iat=it["iat"] + 0.5)),
    "no iat": lambda part: _spoiled(part, lambda it: it.pop("iat")),
    "two references": lambda part: _spoiled(
        part, lambda it: it.update({"x5t#o": {"digAlg": "S256", "digVal": ""}})
    ),
    "SHA-1": lambda part: _spoiled(part, lambda it: it.update(x5t="AAAA")),
    "another certificate": lambda part: _spoiled(part, lambda it: it["x5c"].reverse()),
    "an empty crit": lambda part: _spoiled(part, lambda it: it.update(crit=[])),
    "a secret": lambda part: _spoiled(part, lambda it: it.update(alg="HS256")),
    "no cty": lambda part: _spoiled(part, lambda it: it.pop("cty")),
    "two in one element": lambda part: _behind(part, part.elements[0] | part.elements[1]),
    "an unknown element": lambda part: _behind(part, {"sigTs": {}}),
    "an old name": lambda part: _behind(
        part, {"sigTst": {"tsTokens": part.elements[0]["sigTst"]["tstTokens"]}}
    ),
    "no token": lambda part: _behind(part, {"sigTst": {"tstTokens": []}}),
    "no lists": lambda part: _behind(part, {"rVals": {}}),
    "more beside": lambda part: _clear(part) | {"header": {"etsiU": list(part.texts), "kid": "1"}},
    "padding": lambda part: _clear(part) | {"header": {"etsiU": [f"{part.texts[0]}="]}},
}


@pytest.mark.parametrize("what", NO_JADES)
def test_what_is_no_jades_is_found_out(what: str) -> None:
    """The rules that our files keep are rules: a file that breaks one is none."""
    file = finished().json
    secretary, *others = jades.read(file)
    spoiled = [NO_JADES[what](secretary), *map(_clear, others)]
    with pytest.raises((AssertionError, KeyError)):
        jades.read(json.dumps({"payload": secretary.payload, "signatures": spoiled}).encode())


@needs("qpdf")
def test_qpdf_finds_the_file_sound_and_the_attachments_in_it(edition: Edition, tmp_path: Path) -> None:
    path = str(tmp_path / "signed.pdf")
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    printed = edition.issued.printed
    for name, content in (("certificate.json", printed.file), ("ledger.jsonl", printed.ledger)):
        done = subprocess.run(["qpdf", path, f"--show-attachment={name}"], capture_output=True, check=True)
        assert done.stdout == content


@needs("mutool")
def test_mupdf_finds_all_three_signatures_valid(edition: Edition, tmp_path: Path) -> None:
    said = run("mutool", "sign", "-v", str(tmp_path / "signed.pdf"), must=False)
    assert said.count("The signature is valid but there have been edits since signing.") == 3, said


WELL_MADE = (
    *("annotation", "page replaced", "reason replaced", "name replaced", "appearance replaced"),
    *("signature removed", "attachment swapped", "an action", "a script", "a link over all"),
    *("attached file renamed", "one more file", "a form of other programs", "metadata changed in place"),
    *("THỬ NGHIỆM cut off", "THỬ NGHIỆM covered", "the chair's field freed", "a second chair"),
)


@pytest.mark.parametrize("name", WELL_MADE)
def test_pyhanko_finds_the_same_attacks(edition: Edition, name: str) -> None:
    """So these are attacks, and not only spellings that we do not take."""
    found = asyncio.run(engines.levels((ATTACKS | GAMES)[name](edition), edition.trusted))
    assert found
    assert not all(fine for _, fine, _ in found)


@pytest.mark.parametrize("kind", SHADOWS)
def test_pyhanko_finds_what_a_shadow_brings_to_light(kind: str) -> None:
    """And nothing before: the page as it was prepared was signed in earnest."""
    prepare, reveal = SHADOWS[kind]
    made = pdf_shadows.signed(prepare)
    engines.must_be_untouched_by_pyhanko(made.pdf, made.trusted)
    found = asyncio.run(engines.levels(reveal(made.pdf), made.trusted))
    assert [fine for _, fine, _ in found][:3] == [False] * 3


def test_pyhanko_finds_what_validates_all_signatures_in_the_file(edition: Edition) -> None:
    """Revocation is required, nothing may be fetched: all that it takes is there."""
    reader = PdfFileReader(io.BytesIO(edition.pdf), strict=True)
    store = DocumentSecurityStore.read_dss(reader)

    async def validate() -> None:
        for each in reader.embedded_signatures[:3]:
            moment = each.self_reported_timestamp
            context = store.as_validation_context(
                {
                    "trust_roots": [asn1.Certificate.load(der) for der in load_anchors(edition.trust)],
                    "moment": moment,
                    "revocation_mode": "require",
                }
            )
            stamps = store.as_validation_context(
                {
                    "trust_roots": [
                        asn1.Certificate.load(der) for der in load_anchors(edition.authority.trust)
                    ],
                    "moment": moment,
                    "revocation_mode": "require",
                }
            )
            status = await async_validate_pdf_signature(each, context, stamps)
            assert status.bottom_line, status.summary()

    asyncio.run(validate())


@needs("pdftotext", "pdfinfo")
@pytest.mark.parametrize("length", [1, 300, 900])
def test_the_titles_stand_over_the_fields_however_long_the_text(tmp_path: Path, length: int) -> None:
    """Also where the foot does not fit on the page that the text ends on."""
    issued = usual()
    proven = proof.verify_certificate(issued.printed.file, Anchors([issued.sitting.pki.root.der]))
    url = f"{PUBLIC_URL}/{'a-' * length}"
    page = pages.lay_out(proven, issued.printed.file, issued.printed.sha256, url, "trial")
    path = tmp_path / "page.pdf"
    path.write_bytes(page)
    (last,) = re.findall(r"^Pages: +(\d+)$", run("pdfinfo", str(path)), flags=re.MULTILINE)
    said = run("pdftotext", "-bbox", "-f", last, "-l", last, str(path), "-")
    found = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="([\d.]+)">(KÝ|TỌA)<', said)
    titles = {word: (float(left), float(right), A4 - float(bottom)) for left, right, bottom, word in found}
    for word, role in (("KÝ", "secretary"), ("TỌA", "chair")):
        left, right, bottom = titles[word]
        field = RECTS[role]  # type: ignore[index]
        assert field[0] < left < right < field[2]
        assert field[3] < bottom < field[3] + 40


def _demands(anchors: bytes) -> CertValidationPolicySpec:
    """Revocation is required of everybody."""
    roots = [asn1.Certificate.load(der) for der in load_anchors(anchors)]
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )


def test_pyhanko_finds_every_signature_valid_for_the_long_term(edition: Edition) -> None:
    """ETSI EN 319 102-1, validation with archival data, a day later; nothing may be fetched."""
    demands = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=_demands(edition.trust),
            ts_cert_validation_policy=_demands(edition.authority.trust),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )
    moment = datetime.fromtimestamp(edition.now // 1000, UTC) + timedelta(days=1)
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=False)

    async def found() -> list[object]:
        reader = PdfFileReader(io.BytesIO(edition.pdf), strict=True)
        signatures = reader.embedded_signatures[:3]
        return [
            (await ades.ades_lta_validation(each, demands, timing_info=timing)).ades_subindic
            for each in signatures
        ]

    assert asyncio.run(found()) == [AdESPassed.OK] * 3
