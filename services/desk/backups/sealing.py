"""How the private keys in a backup are kept from who finds the disk: as an age file (age-encryption.org/v1), which the
`age` program opens, too; or, if that is said, in the clear.
"""

import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyrage

from services.desk.backups.catalogue import BackupRefused
from services.kit.files import read_text

_SHORTEST = 12
How = Literal["recipient", "passphrase", "clear"]


@dataclass(frozen=True, slots=True)
class Seal:
    """To whom keys are sealed: public keys (`age1…`), a passphrase, or nobody (in the clear)."""

    recipients: tuple[str, ...] = ()
    passphrase: str = ""

    @property
    def how(self) -> How:
        """As the manifest says it."""
        return "recipient" if self.recipients else "passphrase" if self.passphrase else "clear"

    @property
    def suffix(self) -> str:
        """How the name of a sealed file ends."""
        return "" if self.how == "clear" else ".age"

    def close(self, content: bytes) -> bytes:
        """The content sealed."""
        if self.recipients:
            return bytes(pyrage.encrypt(content, [_recipient(each) for each in self.recipients]))
        return bytes(pyrage.passphrase.encrypt(content, self.passphrase)) if self.passphrase else content


def chosen(recipients: list[str], passphrase_file: Path | None, in_clear: bool) -> Seal:
    """As was said on the command line; asked for at a terminal if nothing was. Raises BackupRefused."""
    if bool(recipients) + bool(passphrase_file) + in_clear > 1:
        raise BackupRefused("chỉ chọn một / choose one of: --recipient, --passphrase-file, --keys-in-clear")
    for each in recipients:
        _recipient(each)
    if recipients or in_clear:
        return Seal(tuple(recipients))
    if passphrase_file is None and not sys.stdin.isatty():
        raise BackupRefused(
            "bản sao lưu có khóa bí mật: hãy nêu --recipient, --passphrase-file, hoặc nói rõ --keys-in-clear"
            " / a backup holds private keys: give --recipient or --passphrase-file, or say --keys-in-clear"
        )
    return Seal(passphrase=_read(passphrase_file) if passphrase_file else _asked_twice())


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupRefused(
            f"{text[:20]}… không phải khóa công khai age / is no public key of age (age1…)"
        ) from error


def _read(path: Path) -> str:
    words = read_text(path).strip()
    if len(words) < _SHORTEST:
        raise BackupRefused(
            f"mật khẩu trong {path} ngắn hơn {_SHORTEST} ký tự / the passphrase is shorter than {_SHORTEST}"
        )
    return words


def _asked_twice() -> str:
    first = getpass.getpass("Mật khẩu cho khóa trong bản sao lưu / passphrase for the keys: ")
    if len(first) < _SHORTEST:
        raise BackupRefused(f"ngắn hơn {_SHORTEST} ký tự / shorter than {_SHORTEST} characters")
    if getpass.getpass("Lần nữa / again: ") != first:
        raise BackupRefused("hai lần không giống nhau / the two are not the same")
    return first


def opened(content: bytes, how: How, passphrase_file: Path | None, identity: Path | None) -> bytes:
    """What was sealed. Raises BackupRefused if what is given does not open it, or a byte of it was changed."""
    if how == "clear":
        if passphrase_file or identity:
            # Whoever can write to that disk can put one in the place of a sealed one, with keys of their own.
            raise BackupRefused(
                "bản này KHÔNG niêm phong, có thể ai đó đã tráo; nếu đúng là đã sao lưu bằng --keys-in-clear thì bỏ"
                " --identity, --passphrase-file / this backup is NOT sealed, somebody may have exchanged it; if you"
                " made it so yourself (--keys-in-clear), leave out --identity and --passphrase-file"
            )
        return content
    try:
        if how == "recipient":
            return bytes(pyrage.decrypt(content, _identities(identity)))
        words = read_text(passphrase_file).strip() if passphrase_file else _asked()
        return bytes(pyrage.passphrase.decrypt(content, words))
    except pyrage.DecryptError as error:
        raise BackupRefused(
            "sai mật khẩu hoặc khóa, hoặc tệp khóa đã bị đổi; chưa thay đổi gì"
            f" / the passphrase or identity is wrong, or the sealed keys were changed; nothing was done ({error})"
        ) from error


def _asked() -> str:
    if not sys.stdin.isatty():
        raise BackupRefused("cần --passphrase-file / --passphrase-file is needed")
    return getpass.getpass("Mật khẩu của bản sao lưu / passphrase of the backup: ")


def _identities(path: Path | None) -> list[pyrage.x25519.Identity]:
    if path is None:
        raise BackupRefused(
            "khóa được niêm phong cho một khóa age: cần --identity TỆP / sealed to an age key: give --identity FILE"
        )
    lines = [line.strip() for line in read_text(path).splitlines()]
    try:
        return [pyrage.x25519.Identity.from_str(each) for each in lines if each and not each.startswith("#")]
    except pyrage.IdentityError as error:
        raise BackupRefused(f"{path} không phải khóa age / holds no age identity") from error
