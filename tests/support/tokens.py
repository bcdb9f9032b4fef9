"""A token in software (SoftHSM) for tests: reached as any hardware security module is, by PKCS#11."""

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

import pkcs11

from services.kit import token_session
from services.kit.token_address import TokenAddress
from tests.support.tools import run

MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)


@dataclass(frozen=True)
class Token:
    """A token of the name `label`, and the file with its PIN."""

    label: str
    pin_file: Path

    def uri(self, name: str, **query: str) -> str:
        """The address of a key on it."""
        module = next(module for module in MODULES if module.exists())
        asked = {"module-path": str(module), "pin-source": f"file:{self.pin_file}"} | query
        return f"pkcs11:token={self.label};object={name}?" + "&".join(f"{k}={v}" for k, v in asked.items())


def make(directory: Path) -> Token:
    """A fresh token; the library keeps all of a process's tokens in one place (see `place`)."""
    label, pin = f"plenary-{secrets.token_hex(4)}", secrets.token_hex(4)
    said = ("--label", label, "--pin", pin, "--so-pin", secrets.token_hex(4))
    run("softhsm2-util", "--init-token", "--free", *said)
    pin_file = directory / "pin"
    pin_file.write_text(f"{pin}\n")
    pin_file.chmod(0o600)
    return Token(label, pin_file)


def place(directory: Path) -> None:
    """Where SoftHSM keeps tokens, for this process and those it starts; read once, when the library is loaded."""
    (directory / "tokens").mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {directory / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)


# What is done in the token's own process, as `token_session` does its questions.


def leaks(address: TokenAddress) -> str:
    """What of the private key the token gives out: nothing if it is well made."""
    session = token_session._open(address)
    found = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=address.label)
    if not found[pkcs11.Attribute.SENSITIVE] or found[pkcs11.Attribute.EXTRACTABLE]:
        return "it may be given out"
    try:
        return repr(found[pkcs11.Attribute.VALUE])
    except pkcs11.AttributeSensitive:
        return ""


def lose(address: TokenAddress) -> int:
    """The token is drawn and put back: its session is good no more. The process that this happened in."""
    token_session._open(address).close()
    return os.getpid()


def hang(_: TokenAddress) -> None:
    """The library never comes back."""
    threading.Event().wait()


def fall(_: TokenAddress) -> None:
    """The library takes its process with it."""
    os._exit(11)
