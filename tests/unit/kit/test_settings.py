"""Settings: what is read, what is refused, what is shown."""

from pathlib import Path

import pytest

from services.kit.settings import Settings, SettingsRefused, describe, load, masked


def test_defaults() -> None:
    """With no variable at all everything has a value."""
    assert load({"HOME": "/nowhere"}) == Settings(log_format=load({}).log_format)


def test_reads_each_kind() -> None:
    """Numbers, words, paths and truth are read from text."""
    got = load(
        {
            "PLENARY_PORT": " 0 ",
            "PLENARY_DATA": "/srv/x",
            "PLENARY_SAMPLE": "No",
            "PLENARY_LOG_FORMAT": "json",
        }
    )
    assert (got.port, got.data, got.sample, got.log_format) == (0, Path("/srv/x"), False, "json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "1e3"),
        ("PORT", ""),
        ("PORT", "٣"),
        ("WORKERS", "many"),
        ("BATCH_MAX", "0"),
        ("SAMPLE", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://u:secret@h/d"),
        ("REDIS_URL", "localhost:6379"),
        ("PUBLIC_URL", "javascript:alert(1)"),
        ("ORIGIN", "two words"),
        ("DATA", ""),
        ("DATA", "~nobody-of-that-name/x"),
        ("BACKUP_DIRECTORY", "~nobody-of-that-name/x"),
        ("HOST", ""),
        ("HOST", "[]"),
        ("HOST", "a..b"),
        ("HOST", "x" * 300),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://:8080"),
        ("PUBLIC_URL", "https://two words"),
        ("PUBLIC_URL", "https://bieu-quyet.vn:99999"),
        ("PUBLIC_URL", "https://u:secret@bieu-quyet.vn"),
        ("PUBLIC_URL", "https://bieu-quyet.vn/?secret"),
        ("PUBLIC_URL", "https://bieu-quyet.vn#secret"),
        ("PUBLIC_URL", "https://[::1"),
        ("TSA_URL", "http://"),
        ("TSA_URL", "http://tsa.example:x"),
        ("REDIS_URL", "redis://user:secret"),
        ("DATABASE_URL", "postgresql://u:secret@[h/d"),
        ("NO_SUCH_THING", "1"),
    ],
)
def test_refuses_by_name(name: str, value: str) -> None:
    """An unknown variable or a malformed value is refused, naming the variable and repeating no password."""
    with pytest.raises(SettingsRefused, match=f"^PLENARY_{name}: ") as refused:
        load({f"PLENARY_{name}": value})
    said = str(refused.value)
    assert "secret" not in said
    vietnamese, _, english = said.removeprefix(f"PLENARY_{name}: ").partition(" / ")
    assert not vietnamese.isascii()
    assert english


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://bieu-quyet.vn:8443/nha"),
        ("PUBLIC_URL", "https://[2001:db8::1]:8080"),
        ("TSA_URL", "https://user:secret@tsa.example:318/tsa"),
        ("DATABASE_URL", "postgresql://u@one:5432,two:5433/d?target_session_attrs=primary"),
        ("DATABASE_URL", "postgresql:///plenary?host=/run/postgresql"),
        ("REDIS_URL", "unix:///run/valkey.sock"),
        ("HOST", "fe80::1%eth0"),
        ("HOST", "bàn.example"),
    ],
)
def test_takes_what_leads_somewhere(name: str, value: str) -> None:
    """Hosts and addresses of all kinds, as they are."""
    assert getattr(load({f"PLENARY_{name}": value}), name.lower()) == value


def test_an_address_as_in_a_url() -> None:
    """`[::]` is what people know from URLs: the same as `::`."""
    assert load({"PLENARY_HOST": "[::]"}).host == "::"


@pytest.mark.parametrize("name", ["TLS_CERTIFICATE", "TLS_KEY", "TSA_TRUST", "BACKUP_DIRECTORY"])
def test_a_home_in_any_path(name: str) -> None:
    """No shell has looked at what stands in a unit's or a container's file: `~` means the same in every setting."""
    assert getattr(load({f"PLENARY_{name}": "~/x"}), name.lower()) == str(Path("~/x").expanduser())


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("plenary_port", "PLENARY_PORT"),
        ("PLENARY_DATABSE_URL", "PLENARY_DATABASE_URL"),
        ("Plenary_Data", "PLENARY_DATA"),
    ],
)
def test_says_what_was_meant(name: str, meant: str) -> None:
    """A slip of the pen is not passed over, and is told from a setting that never was."""
    with pytest.raises(SettingsRefused, match=f"^{name}: không có .* ý là {meant}.*do you mean {meant}"):
        load({name: "1"})


def test_travels_to_a_worker_unchanged() -> None:
    """A worker reads from its environment exactly the settings the desk had."""
    settings = Settings(
        port=4711, data=Path("/srv/dữ liệu"), database_url="postgresql://u:p@h/d", sample=False
    )
    assert load(settings.to_environment()) == settings


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cret@db.example/plenary",
        "postgresql://desk@db.example/plenary?password=s3cret&sslmode=require",
        "postgresql://desk@db.example/plenary?sslmode=require&sslpassword=s3cret",
        "redis://:s3cret@cache.example/0",
        "postgresql://desk:s3c@ret@db.example/plenary",
    ],
)
def test_masks_passwords(url: str) -> None:
    """No password gets out through repr or the table of settings."""
    settings = Settings(database_url=url) if url.startswith("p") else Settings(redis_url=url)
    shown = repr(settings) + describe(settings)
    assert "s3c" not in shown
    assert "example" in shown


def test_masks_nothing_else() -> None:
    """A URL without a password is shown as it is."""
    url = "postgresql://postgres@/plenary?host=/run/x"
    assert masked(url) == url


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:8080"),
        (Settings(host="::1", port=9), "http://[::1]:9"),
        (Settings(public_url="https://vote.example.vn/"), "https://vote.example.vn"),
    ],
)
def test_address(settings: Settings, address: str) -> None:
    """The address for people is the public one, or where we listen."""
    assert settings.address == address
