"""The authority and the seal on a token: keys that sign without ever being in a file."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec
import psutil
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from services.kit import ec_keys, token_keys
from services.kit.keys import KeyRefused
from services.kit.token_address import TokenAddress, parse
from services.kit.token_keys import TokenKey, TokenRefused
from services.rules.credential import Anchors, load_anchors
from services.signing import authority, printing, revocation_list, sealed_pdf
from services.signing.certificate_profile import Person
from services.signing.printing import Materials, Printed
from services.signing.revocation_list import Revoked
from tests.support import chains, tokens
from tests.support.issued import usual
from tests.support.tokens import Token
from tests.support.tools import needs

pytestmark = needs("softhsm2-util")
ADDRESS = "https://plenary.example.vn"
NOW = 1_767_225_600_500
MAI = Person("hdnd", "Hội đồng nhân dân tỉnh", "mai", "Lê Thị Mai")
SHA = ec.ECDSA(SHA256())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Token, Token]]:
    """Two tokens of SoftHSM, which sees only those that were there when it began."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        tokens.place(tmp_path_factory.mktemp("place"))
        yield tokens.make(tmp_path_factory.mktemp("one")), tokens.make(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="module")
def token(both: tuple[Token, Token]) -> Token:
    """The token that the keys lie on."""
    return both[0]


@pytest.fixture(scope="module")
def keys(token: Token, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of an authority whose three keys lie on the token, made there on the first start."""
    directory = tmp_path_factory.mktemp("keys")
    for name in ("root", "delegates", "seal"):
        (directory / f"{name}.uri").write_text(token.uri(name) + "\n")
    authority.ensure(directory, ADDRESS, NOW)
    return directory


def refused(directory: Path, uri: str) -> str:
    """Why a key at this address is refused."""
    (directory / "seal.uri").write_text(uri)
    with pytest.raises(KeyRefused) as error:
        ec_keys.load(directory, "seal")
    return str(error.value)


def test_a_whole_authority_has_no_key_file(keys: Path) -> None:
    """Certificates of persons and revocation lists come from the token; nothing secret is in the directory."""
    assert not list(keys.glob("*.key"))
    found = authority.load(keys, ADDRESS, NOW)
    issued = authority.issue(found, chains.fresh().public_key(), MAI, NOW)
    Anchors(load_anchors(found.trust)).verify(issued.chain, NOW, "person")
    entries = [revocation_list.entry(Revoked(issued.serial, NOW, "lost"))]
    listed = x509.load_der_x509_crl(
        revocation_list.sign(found.delegates.certificate, found.delegates.key, entries, NOW)
    )
    key = found.delegates.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert listed.is_signature_valid(key)


def test_a_second_start_makes_no_other_keys(keys: Path) -> None:
    """What is on the token stays the authority's."""
    before = ec_keys.load(keys, "seal").public_key()
    authority.ensure(keys, ADDRESS, NOW)
    assert ec_keys.load(keys, "seal").public_key() == before


def test_the_keys_do_not_leave_the_token(token: Token, keys: Path) -> None:
    """They were made sensitive and not extractable, and no way leads out of ours."""
    key = ec_keys.load(keys, "seal")
    assert isinstance(key, TokenKey)
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    with pytest.raises(TokenRefused):
        key.private_bytes(der, pkcs8, serialization.NoEncryption())
    with pytest.raises(TokenRefused):
        key.private_numbers()
    assert token_keys._asked(60, key.address, tokens.leaks) == ""


def test_the_press_seals_with_the_token(keys: Path) -> None:
    """In a process of its own, which is given the key's place and opens the token itself."""
    found = authority.load(keys, ADDRESS, NOW)
    handed = ec_keys.hand(found.seal.key)
    assert handed == parse((keys / "seal.uri").read_text())
    # The statement's ballots are of another authority: both are trusted here.
    trust = found.trust + usual().trust
    materials = Materials(found.seal.chain, handed, trust, ADDRESS)
    statement = msgspec.json.encode(usual().sitting.statement())
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=printing.equip, initargs=(materials,)
    ) as shop:
        printed = shop.submit(printing.print_out, statement).result()
        assert isinstance(printed, Printed), printed
        assert shop.submit(printing.verify, printed.sha256).result() is None
    assert sealed_pdf.open_pdf(printed.pdf, trust).chain == found.seal.chain


def test_prehashed(keys: Path) -> None:
    """A digest made elsewhere is signed as it is."""
    state = Hash(SHA256())
    state.update(b"words")
    key = ec_keys.load(keys, "seal")
    signature = key.sign(state.finalize(), ec.ECDSA(Prehashed(SHA256())))
    key.public_key().verify(signature, b"words", SHA)


def test_many_threads_sign_at_once(keys: Path) -> None:
    """One session, one after the other: every signature is good."""
    key, made = ec_keys.load(keys, "seal"), list[bytes]()
    signing = [threading.Thread(target=lambda: made.append(key.sign(b"x", SHA))) for _ in range(16)]
    for thread in signing:
        thread.start()
    for thread in signing:
        thread.join()
    assert len(made) == 16
    for signature in made:
        key.public_key().verify(signature, b"x", SHA)


def test_a_session_that_was_lost_is_opened_again(keys: Path) -> None:
    """The token was drawn and put back: the next signature is made all the same."""
    key = ec_keys.load(keys, "seal")
    assert isinstance(key, TokenKey)
    token_keys._asked(60, key.address, tokens.lose)
    key.public_key().verify(key.sign(b"again", SHA), b"again", SHA)


@pytest.mark.parametrize("trouble", [tokens.hang, tokens.fall])
def test_a_token_that_hangs_or_falls_is_used_again(
    keys: Path, trouble: Callable[[TokenAddress], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asked is told, within the time there is; its process is ended, and the next signature is made in another."""
    key = ec_keys.load(keys, "seal")
    assert isinstance(key, TokenKey)
    before = token_keys._asked(60, key.address, tokens.lose)
    with pytest.raises(TokenRefused, match=r"has not answered|library fell") as refused:
        token_keys._asked(1, key.address, trouble)
    assert refused.value.status == 503
    assert "module" not in refused.value.text_en
    assert token_keys.are_away()
    assert not psutil.pid_exists(before) or psutil.Process(before).status() == psutil.STATUS_ZOMBIE
    if trouble is tokens.hang:
        # For a moment nobody else waits for it.
        with pytest.raises(TokenRefused, match="a moment ago"):
            key.sign(b"x", SHA)
        monkeypatch.setattr("services.kit.token_keys.time.monotonic", lambda: float("inf"))
    key.public_key().verify(key.sign(b"again", SHA), b"again", SHA)
    assert not token_keys.are_away()


def test_two_places_for_one_key_are_refused(keys: Path, tmp_path: Path) -> None:
    """Nobody guesses which of them is meant; nor what an address that cannot be read means."""
    (tmp_path / "seal.key").write_bytes(b"")
    (tmp_path / "seal.uri").write_text((keys / "seal.uri").read_text())
    with pytest.raises(KeyRefused, match="both"):
        ec_keys.load(tmp_path, "seal")
    (tmp_path / "seal.key").unlink()
    assert "pin-source is missing" in refused(tmp_path, "pkcs11:token=a;object=b?module-path=/m.so")


def test_another_key_under_the_same_name_is_found_out(keys: Path, token: Token) -> None:
    """A certificate that is not of the key on the token stops the start."""
    elsewhere = keys / "seal.pem"
    kept = elsewhere.read_bytes()
    elsewhere.write_bytes((keys / "delegates.pem").read_bytes())
    with pytest.raises(authority.AuthorityRefused, match=r"not the certificate of seal\.key"):
        authority.load(keys, ADDRESS, NOW)
    elsewhere.write_bytes(kept)


def test_a_token_that_signs_with_another_key_is_found_out(keys: Path) -> None:
    """Before anything that it signed is handed on."""
    key = ec_keys.load(keys, "seal")
    assert isinstance(key, TokenKey)
    impostor = TokenKey(key.address, ec_keys.load(keys, "root").public_key())
    with pytest.raises(TokenRefused, match="another key") as error:
        impostor.sign(b"x", SHA)
    assert isinstance(error.value.__cause__, InvalidSignature)


def test_what_the_token_refuses_is_said_without_the_pin(both: tuple[Token, Token], tmp_path: Path) -> None:
    """Another token, another key, another library, another PIN, a PIN that others may read, none."""
    token, wrong = both[0], tmp_path / "wrong"
    wrong.write_text("31415926\n")
    wrong.chmod(0o600)
    assert "no such key" in refused(tmp_path, token.uri("nothing"))
    assert "No token" in refused(tmp_path, token.uri("seal").replace(token.label, "another"))
    assert "cannot open shared object" in refused(tmp_path, token.uri("seal", **{"module-path": "/none.so"}))
    # A token of its own: where a session is open, nobody is asked for the PIN again.
    other = Token(both[1].label, wrong)
    said = refused(tmp_path, other.uri("seal"))
    assert "31415926" not in said
    assert "pin" in said.lower()
    wrong.write_text("27182818\n")
    wrong.chmod(0o644)
    assert "may be read by others" in refused(tmp_path, other.uri("seal"))
    wrong.unlink()
    assert "cannot be read" in refused(tmp_path, other.uri("seal"))


def test_a_pin_that_was_refused_is_not_tried_again(both: tuple[Token, Token], tmp_path: Path) -> None:
    """Not until its file says another: a few times more, and the token would be locked."""
    wrong = tmp_path / "wrong"
    wrong.write_text("31415926\n")
    wrong.chmod(0o600)
    other = Token(both[1].label, wrong)
    assert "refused this PIN before" not in refused(tmp_path, other.uri("seal"))
    assert "refused this PIN before" in refused(tmp_path, other.uri("seal"))
    wrong.write_text(both[1].pin_file.read_text())
    assert "no such key" in refused(tmp_path, other.uri("seal"))
