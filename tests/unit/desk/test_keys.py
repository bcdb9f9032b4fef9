"""The keys of an installation: what is missing is made, what is there is kept."""

import stat
from pathlib import Path

import pytest

from services.desk import keys
from services.kit.keys import KeyRefused
from services.kit.settings import Settings
from services.rules import credential

KEYS = [
    *("delegates.key", "envelope.key", "ledger.key", "root.key", "seal.key", "token.key", "webhook.key"),
]
OTHERS = ["delegates.pem", "root.pem", "seal.pem", "token.pub", "trust.pem"]


def test_first_start(tmp_path: Path) -> None:
    """A first start makes every file of the map, private keys and their directory for the owner only."""
    directory = keys.ensure(Settings(data=tmp_path / "data"))
    assert directory == tmp_path / "data" / "keys"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert sorted(path.name for path in directory.iterdir()) == sorted(KEYS + OTHERS)
    for name in KEYS:
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    assert len(credential.load_anchors((directory / "trust.pem").read_bytes())) == 1


def test_later_start(tmp_path: Path) -> None:
    """A later start changes nothing but a directory that others may look into."""
    settings = Settings(data=tmp_path)
    directory = keys.ensure(settings)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    directory.chmod(0o755)
    keys.ensure(settings)
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", KEYS)
def test_key_that_others_may_read(tmp_path: Path, name: str) -> None:
    """A key file that others may read stops the start."""
    settings = Settings(data=tmp_path)
    (keys.ensure(settings) / name).chmod(0o644)
    with pytest.raises(KeyRefused, match=name):
        keys.ensure(settings)
