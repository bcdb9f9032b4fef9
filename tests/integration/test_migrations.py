"""Migrations: once each, whoever comes at the same time, and nothing half done."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from services.desk.migrate import directories
from services.desk.stores import Stores
from services.kit.migrations import MigrationRefused, apply


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "0001_things.sql").write_text(
        "-- The things.\ncreate table thing (name text primary key);\ngrant select, insert on thing to plenary_trial;\n"
    )
    (tmp_path / "0002_more.sql").write_text("alter table thing add column size bigint not null default 0;\n")
    return tmp_path


def test_applies_in_order_and_only_once(empty_database_url: str, directory: Path) -> None:
    """A second apply finds nothing to do."""
    assert apply(empty_database_url, "trial", directory) == 2
    assert apply(empty_database_url, "trial", directory) == 0


def test_two_at_once_apply_everything_once(empty_database_url: str, directory: Path) -> None:
    """However many processes start at once, each migration is applied by exactly one of them."""
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: apply(empty_database_url, "trial", directory), range(8)))
    assert sum(counts) == 2


def test_schemas_of_one_database_at_once(empty_database_url: str, tmp_path: Path) -> None:
    """Services that migrate at the same time do not hinder each other."""
    (tmp_path / "0001_thing.sql").write_text("create table thing (name text);\n")
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda n: apply(empty_database_url, f"trial_{n}", tmp_path), range(4)))
    assert counts == [1, 1, 1, 1]


def test_a_later_migration_is_added(empty_database_url: str, directory: Path) -> None:
    """A new file is applied to a database that has the older ones."""
    apply(empty_database_url, "trial", directory)
    (directory / "0003_index.sql").write_text("create index on thing (size);\n")
    assert apply(empty_database_url, "trial", directory) == 1


def test_directories_follow_each_other(empty_database_url: str, directory: Path, tmp_path: Path) -> None:
    """What is shared comes first, whatever the names of the files; a name that stands in both is refused."""
    own, other = tmp_path / "own", tmp_path / "other"
    for made, name, text in (
        (own, "0000_use.sql", "alter table thing add column weight bigint;\n"),
        (other, "0001_things.sql", "select 1;\n"),
    ):
        made.mkdir()
        (made / name).write_text(text)
    with pytest.raises(MigrationRefused, match="0001_things"):
        apply(empty_database_url, "trial", directory, other)
    assert apply(empty_database_url, "trial", directory, own) == 3
    assert apply(empty_database_url, "trial", directory, own) == 0
    with pytest.raises(MigrationRefused, match="newer Plenary"):
        apply(empty_database_url, "trial", directory)


def test_a_new_name_is_no_new_migration(empty_database_url: str, directory: Path) -> None:
    """Where it was applied under the name of before, it is not applied again; where it was not, it is; and the order in
    which the rest follows is that of the new names."""
    assert apply(empty_database_url, "older", directory) == 2
    before, now = directory / "0002_more.sql", directory / "0003_more.sql"
    now.write_text("-- was: 0002_more\n" + before.read_text())
    before.unlink()
    (directory / "0002_between.sql").write_text("alter table thing add column weight bigint;\n")
    assert apply(empty_database_url, "older", directory) == 1
    assert apply(empty_database_url, "older", directory) == 0
    assert apply(empty_database_url, "fresh", directory) == 3
    with psycopg.connect(empty_database_url) as connection:
        for schema in ("older", "fresh"):
            applied = connection.execute(f"select migration_id from {schema}._yoyo_migration order by 1")
            assert [row[0] for row in applied] == ["0001_things", "0002_between", "0003_more"]


def test_every_migration_has_a_number_of_its_own() -> None:
    """From 0001 on, in order, none twice, none left out; and no name of before is the name of another."""
    for schema, found in directories().items():
        for directory in found:
            files = sorted(directory.glob("*.sql"))
            assert [path.name[:5] for path in files] == [f"{n:04}_" for n in range(1, len(files) + 1)], schema
            former = re.findall(
                r"^-- was: (\w+)$", "\n".join(path.read_text() for path in files), re.MULTILINE
            )
            assert len(set(former)) == len(former)
            assert not set(former) & {path.stem for path in files}


def test_an_installation_of_before_the_numbers_were_mended(empty_database_url: str, tmp_path: Path) -> None:
    """Signing's migrations as they were named once, two of them 0015 and two 0017: nothing of them is applied again."""
    (directory,) = directories()["signing"]
    renamed = 0
    for path in sorted(directory.glob("*.sql")):
        text = path.read_text()
        was = re.match(r"-- was: (\w+)\n", text)
        renamed += was is not None
        if path.stem < "0020":
            (tmp_path / f"{was[1] if was else path.stem}.sql").write_text(text)
    assert renamed == 4
    assert apply(empty_database_url, "signing", tmp_path) == 19
    assert apply(empty_database_url, "signing", directory) == len(list(directory.glob("*.sql"))) - 19


def test_a_failing_migration_leaves_nothing_behind(empty_database_url: str, directory: Path) -> None:
    """A migration is applied whole or not at all, and can be mended and tried again."""
    broken = directory / "0003_broken.sql"
    broken.write_text("create table half (name text);\nselect no_such_function();\n")
    with pytest.raises(MigrationRefused, match="no_such_function"):
        apply(empty_database_url, "trial", directory)
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute(
            "select to_regclass('trial.thing'), to_regclass('trial.half')"
        ).fetchone() == (
            "trial.thing",
            None,
        )
    broken.write_text("create table half (name text);\n")
    assert apply(empty_database_url, "trial", directory) == 1


def test_a_newer_database_is_refused(empty_database_url: str, directory: Path) -> None:
    """A program does not run on a schema that it does not know."""
    apply(empty_database_url, "trial", directory)
    (directory / "0002_more.sql").unlink()
    with pytest.raises(MigrationRefused, match="newer Plenary"):
        apply(empty_database_url, "trial", directory)


def test_the_role_sees_only_what_was_granted(empty_database_url: str, directory: Path) -> None:
    """A service acts as a role that may not change the schema or delete."""
    apply(empty_database_url, "trial", directory)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("set role plenary_trial")
        connection.execute("insert into trial.thing (name) values ('gavel')")
        for forbidden in (
            "delete from trial.thing",
            "create table trial.other (n int)",
            "drop table trial.thing",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


def test_a_user_who_may_not_make_roles_is_told(
    stores: Stores, empty_database_url: str, directory: Path
) -> None:
    """Whoever may not create the role gets one line that says what an administrator must do."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute("drop role if exists modest")
        connection.execute("create role modest login")
        connection.execute(f"grant create on database {name} to modest")
    with pytest.raises(MigrationRefused, match="create role plenary_lonely nologin"):
        apply(empty_database_url.replace("postgres@", "modest@"), "lonely", directory)


def test_a_name_that_is_no_schema_is_refused(empty_database_url: str, directory: Path) -> None:
    """The name of a schema goes into statements: only plain names pass."""
    with pytest.raises(MigrationRefused, match="no name"):
        apply(empty_database_url, 'x"; drop', directory)


def test_an_unreachable_database_is_told(directory: Path) -> None:
    """No server: one line, no traceback."""
    with pytest.raises(MigrationRefused, match="connection"):
        apply("postgresql://nobody@127.0.0.1:1/none", "trial", directory)


def test_every_service_starts_from_nothing(database_url: str) -> None:
    """The migrations of all services apply to an empty database, each into its own schema."""
    with psycopg.connect(database_url) as connection:
        schemas = {row[0] for row in connection.execute("select nspname from pg_namespace")}
    assert set(directories()) <= schemas
