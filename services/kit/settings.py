"""Settings: read once from the environment, typed, each with its default and its meaning.

Every setting is one field of `Settings` and one variable `PLENARY_<NAME>`. Keys are never settings: they live in
files under `data` (see `services.kit.keys`).
"""

import difflib
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from services.kit.complaint import Complaint
from services.kit.setting_values import CHOICES, parse

PREFIX = "PLENARY_"


class SettingsRefused(Complaint, ValueError):
    """A PLENARY_ variable is unknown, or its value is not of the kind it must be."""


def _setting(default: Any, meaning: str, *, least: int = 0, most: int = 2**31 - 1) -> Any:
    return field(default=default, metadata={"help": meaning, "least": least, "most": most})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set from outside; `load` reads it, `describe` explains it."""

    host: str = _setting("127.0.0.1", "Address to listen on; on any but loopback HTTPS is spoken.")
    port: int = _setting(8080, "Port to listen on; 0 picks a free one and prints it.", most=65535)
    tls_certificate: str = _setting(
        "", "Your own certificate for HTTPS, a PEM file. Empty: a local one is made."
    )
    tls_key: str = _setting("", "Its private key, a PEM file of mode 0600.")
    http_port: int = _setting(
        0,
        "Port that explains over plain HTTP how to come in. 0: the one after `port` (80 with 443).",
        most=65535,
    )
    behind_proxy: bool = _setting(False, "Something in front speaks HTTPS for us: plain HTTP on any address.")
    data: Path = _setting(Path("data"), "Directory of everything kept: stores, keys, certificates.")  # noqa: RUF009 - a path is frozen
    database_url: str = _setting("", "Your own PostgreSQL (postgresql://…). Empty: one is run under `data`.")
    redis_url: str = _setting("", "Your own Redis or Valkey (redis://…). Empty: one is run under `data`.")
    workers: int = _setting(0, "Worker processes; 0: one per CPU, at most 4.", most=256)
    public_url: str = _setting(
        "", "Address people use, for links, QR codes, passkeys (by a name only). Empty: where we listen."
    )
    origin: str = _setting("plenary.local", "Name of this installation: prefix of every ledger's origin.")
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "Least level that is logged.")
    log_format: Literal["json", "console"] = _setting(
        "json", "Form of the logs. Not set: console when stderr is a terminal, json otherwise."
    )
    token_seconds: int = _setting(900, "Life of an access token, in seconds.", least=1)
    invite_hours: int = _setting(72, "Life of an enrolment invite, in hours.", least=1)
    batch_max: int = _setting(512, "Most ballots, or acts on the floor, in one commit.", least=1, most=65536)
    ballot_max_bytes: int = _setting(4096, "Largest ballot accepted, in bytes.", least=512, most=1_048_576)
    shards: int = _setting(1, "Work streams that results are spread over.", least=1, most=1024)
    heartbeat_seconds: int = _setting(
        15, "Silence on a live connection before a heartbeat.", least=1, most=300
    )
    body_seconds: int = _setting(20, "Time for the body of a request to arrive whole.", least=1, most=3600)
    drain_seconds: int = _setting(20, "Time for requests under way when stopping.", most=3600)
    webhook_private: bool = _setting(
        True, "Webhooks may go to private networks and this machine (never to link-local addresses)."
    )
    clock_behind_seconds: int = _setting(
        3, "The database's clock this far behind a ledger's time is an alarm.", least=1, most=3600
    )
    backup_directory: str = _setting(
        "", "Directory of `plenary backup`: our database's log goes there as it is written. Empty: none."
    )
    tsa_url: str = _setting(
        "", "Time-stamp authority (RFC 3161) for what persons sign. Empty: signatures without a time-stamp."
    )
    tsa_trust: str = _setting("", "The anchors of that authority and of earlier ones, a PEM file.")
    test_tsa: bool = _setting(
        False, "Stamp with an authority of our own, for trials: it proves nothing, and every page says so."
    )
    revocation_hours: int = _setting(
        24,
        "Oldest list or answer (CRL, OCSP) that tells of a person's certificate, in hours.",
        least=1,
        most=720,
    )
    revocation_hosts: str = _setting(
        "", "Hosts and networks, with commas, where lists and answers are fetched though they are not public."
    )
    recheck_seconds: int = _setting(
        20,
        "Time after a poll's cut to ask other authorities about keys behind its ballots, in seconds.",
        least=1,
        most=300,
    )
    ledger_in_certificate_mb: int = _setting(
        64,
        "Ledger lines of a poll, in MB, that its certificate holds itself; of more it names the file by hash.",
        most=300,
    )
    sample: bool = _setting(True, "Open a sample meeting on the first start.")
    database_pool_max: int = _setting(
        4, "Most database connections per service and worker.", least=1, most=1000
    )

    def __repr__(self) -> str:
        """All settings, with the passwords in URLs masked."""
        shown = ", ".join(f"{each.name}={masked(getattr(self, each.name))!r}" for each in fields(self))
        return f"Settings({shown})"

    @property
    def address(self) -> str:
        """The URL for people: `public_url`, or http://host:port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    def to_environment(self) -> dict[str, str]:
        """The variables from which `load` makes equal settings again, for our own worker processes."""
        return {PREFIX + each.name.upper(): _text(getattr(self, each.name)) for each in fields(self)}


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from the PLENARY_ variables in `environ`. Raises SettingsRefused naming the variable."""
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    # In small letters it would be passed over, and nobody would know why it has no effect.
    given = {name: text for name, text in environ.items() if name.upper().startswith(PREFIX)}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise SettingsRefused(f"{unknown[0]}: {_no_such(unknown[0], known)}")
    values: dict[str, Any] = {"log_format": "console" if sys.stderr.isatty() else "json"}
    for name, text in given.items():
        each = known[name]
        try:
            values[each.name] = parse(each.name, each.default, each.metadata, text.strip())
        except ValueError as error:
            raise SettingsRefused(f"{name}: {error}") from None
    return Settings(**values)


def _no_such(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name.upper(), known, n=1)
    if near:
        return f"không có thiết lập này, ý là {near[0]}? / there is no such setting: do you mean {near[0]}?"
    return "không có thiết lập này; xem plenary settings / there is no such setting; plenary settings lists them all"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def masked(value: object) -> object:
    """The value, with the password of a URL replaced by ***, also one in the query (`?password=`)."""
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    user, at, place = parts.netloc.rpartition("@")
    if ":" in user:
        user = user.partition(":")[0] + ":***"
    query = re.sub(r"(?i)((?:^|&)[^=&]*password=)[^&]*", r"\1***", parts.query)
    return urlunsplit(parts._replace(netloc=user + at + place, query=query))


def describe(current: Settings | None = None) -> str:
    """All settings as a Markdown table; with `current`, a column of the values in force, passwords masked."""
    head = ["variable", "type", "default", *(["value"] if current else []), "meaning"]
    rows = [_row(each.name, each.default, each.metadata["help"], current) for each in fields(Settings)]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |\n" for line in lines
    )


def _row(name: str, default: object, meaning: str, current: Settings | None) -> list[str]:
    kind = " or ".join(CHOICES[name]) if name in CHOICES else type(default).__name__.replace("Posix", "")
    value = [f"`{masked(_text(getattr(current, name)))}`"] if current else []
    return [f"`{PREFIX}{name.upper()}`", kind.lower(), f"`{_text(default)}`", *value, meaning]
