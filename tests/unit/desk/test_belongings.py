"""What lies beside the stores goes into a backup and comes back whole; a tar that others made reaches nothing else."""

import io
import tarfile
from pathlib import Path

import pytest

from services.desk import keys
from services.desk.backup import backup
from services.desk.backups import belongings, sealing
from services.desk.backups.catalogue import BackupRefused
from services.desk.backups.sealing import Seal
from services.kit.settings import Settings
from tests.support.backed_up import WORDS


def _tar(*entries: tarfile.TarInfo) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for each in entries:
            tar.addfile(each, io.BytesIO(bytes(each.size)))
    return packed.getvalue()


def _entry(name: str, mode: int = 0o600, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.mode, made.type, made.linkname = mode, kind, link
    return made


def test_what_links_lead_to_comes_back(tmp_path: Path) -> None:
    """Certificates as certbot keeps them, and keys on a disk of their own, are behind links: files are backed up."""
    archive, live, vault = tmp_path / "archive", tmp_path / "live", tmp_path / "vault"
    for each in (archive, live, vault / "old", tmp_path / "data"):
        each.mkdir(parents=True)
    (archive / "fullchain1.pem").write_text("chain")
    (live / "fullchain.pem").symlink_to("../archive/fullchain1.pem")
    (vault / "ledger.key").write_text("secret")
    (vault / "ledger.key").chmod(0o600)
    (vault / "old" / "before.key").write_text("former")
    (tmp_path / "data" / "keys").symlink_to(vault)
    settings = Settings(data=tmp_path / "data", tls_certificate=str(live / "fullchain.pem"))
    packed = belongings.pack(tmp_path / "data", settings, b"{}")
    (tmp_path / "new").mkdir()
    belongings.unpack(packed, tmp_path / "new")
    assert (tmp_path / "new/outside/tls_certificate-fullchain.pem").read_text() == "chain"
    assert (tmp_path / "new/keys/ledger.key").read_text() == "secret"
    assert (tmp_path / "new/keys/ledger.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new/keys/old/before.key").read_text() == "former"
    assert not (tmp_path / "new/keys").is_symlink()


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    """To the directory itself, above it, and to each other: what is there is packed, once for each way in."""
    own = tmp_path / "data" / "keys"
    own.mkdir(parents=True)
    (own / "ledger.key").write_text("secret")
    for name, target in (("self", "."), ("up", ".."), ("again", "../keys")):
        (own / name).symlink_to(target)
    packed = belongings.pack(tmp_path / "data", Settings(data=tmp_path / "data"), b"{}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        names = tar.getnames()
    assert "keys/ledger.key" in names
    assert len(names) < 12


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    """The disk of the keys is not mounted: a backup without them would be called one, and the good ones let go."""
    own = tmp_path / "data" / "keys"
    own.mkdir(parents=True)
    (own / "seal.key").symlink_to(tmp_path / "vault" / "seal.key")
    with pytest.raises(BackupRefused, match=r"seal\.key leads nowhere"):
        belongings.pack(tmp_path / "data", Settings(data=tmp_path / "data"), b"{}")
    (own / "seal.key").unlink()
    (own / "round").symlink_to("round")
    with pytest.raises(BackupRefused, match="leads nowhere"):
        belongings.pack(tmp_path / "data", Settings(data=tmp_path / "data"), b"{}")


def test_what_is_not_ours_in_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film, a link to a whole disk: all is sealed in memory, and a sitting may be on. Named, and refused."""
    monkeypatch.setattr(belongings, "_MOST", 1_000)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "ledger.key").write_bytes(bytes(900))
    belongings.pack(tmp_path, Settings(data=tmp_path), b"{}")
    (tmp_path / "keys" / "film.mkv").write_bytes(bytes(200))
    with pytest.raises(BackupRefused, match=r"ledger\.key|film\.mkv"):
        belongings.pack(tmp_path, Settings(data=tmp_path), b"{}")


async def test_a_house_without_its_keys(tmp_path: Path) -> None:
    """Nobody could restore it: no backup, whose name would stand where a good one did."""
    made = keys.ensure(Settings(data=tmp_path / "data"))
    (made / "ledger.key").unlink()
    with pytest.raises(BackupRefused, match=r"thiếu khóa ledger\.key"):
        await backup(Settings(data=tmp_path / "data"), tmp_path / "backups", Seal())


def test_a_backup_with_links_is_restored_without_them(tmp_path: Path) -> None:
    """As backups were made before: what the links led to may not be there any more, the keys are."""
    link = _entry("outside/tls_certificate-x.pem", kind=tarfile.SYMTYPE, link="../../archive/x1.pem")
    belongings.unpack(_tar(link, _entry("keys/ledger.key")), tmp_path)
    assert (tmp_path / "keys/ledger.key").is_file()
    assert not (tmp_path / "outside/tls_certificate-x.pem").is_symlink()


@pytest.mark.parametrize("name", ["{}/victim", "../victim", "keys/../../victim"])
def test_names_that_lead_out_touch_nothing(tmp_path: Path, name: str) -> None:
    """Who made a false backup does not open other files of this machine to everybody: it is refused."""
    victim = tmp_path / "victim"
    victim.write_text("shadow")
    victim.chmod(0o600)
    (tmp_path / "data").mkdir()
    with pytest.raises(BackupRefused):
        belongings.unpack(_tar(_entry(name.format(tmp_path), mode=0o666)), tmp_path / "data")
    assert victim.stat().st_mode & 0o777 == 0o600
    assert victim.read_text() == "shadow"


def test_a_backup_in_clear_is_not_taken_for_a_sealed_one(tmp_path: Path) -> None:
    """Who can write to the disk could put one in its place: who gives a passphrase or an identity expects a seal."""
    words = tmp_path / "words"
    words.write_text(WORDS)
    content = Seal().close(b"keys of somebody else")
    assert sealing.opened(content, "clear", None, None) == content
    for passphrase, identity in ((words, None), (None, words)):
        with pytest.raises(BackupRefused, match="--keys-in-clear"):
            sealing.opened(content, "clear", passphrase, identity)
