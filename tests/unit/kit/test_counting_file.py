"""Workers count in files in memory that others may have filled: they lose counts, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.mmap_dict import MmapedDict

from services.kit import counting_file
from services.kit.counting_file import CountingFile

# Counts many things, some before the room is gone, and says what it has counted.
_COUNTS = """
import pathlib, sys
from services.kit import metrics

def count(names):
    for name in names:
        metrics.requests.labels(f"/a-rather-long-route/{name}", "200").inc()

here = pathlib.Path(sys.argv[1])
count(range(int(sys.argv[2])))
with (here / "ballast").open("wb", buffering=0) as ballast:
    try:
        while True:
            ballast.write(bytes(4096))
    except OSError:
        pass
count(range(4000))
print(metrics.requests.labels("/a-rather-long-route/7", "200")._value.get())
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("as root: it mounts a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "plenary-counts", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


@pytest.mark.parametrize("before", [0, 8, 600], ids=["from the start", "soon", "after it has grown"])
def test_a_file_system_without_room(small: Path, before: int) -> None:
    """Whoever counts there goes on, and knows what it has counted; what others read of it is whole."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(small)}
    done = subprocess.run(
        [sys.executable, "-c", _COUNTS, small, str(before)], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"2.0\n" if before else b"1.0\n"), done.stderr
    for each in small.glob("*.db"):
        assert list(MmapedDict.read_all_values_from_file(str(each)))
    assert not list(small.glob("*.new"))


def test_what_is_counted_is_read_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ever, where there is room; and up to when there was none."""
    file = tmp_path / "counter_1.db"
    counts: Any = CountingFile(str(file))
    wanted = {f"a key of some length {number}" for number in range(3_000)}
    for key in wanted:
        counts.write_value(key, 1.0, 0.0)

    def read() -> set[str]:
        return {key for key, *_ in MmapedDict.read_all_values_from_file(str(file))}

    assert read() == wanted
    monkeypatch.setattr(counting_file, "_reserved", lambda *_: False)
    more = {f"another key of some length {number}" for number in range(3_000)}
    for key in more:
        counts.write_value(key, 2.0, 0.0)
    assert wanted <= read() < wanted | more
    assert {key for key, *_ in counts.read_all_values()} == wanted | more
    assert counts.read_value(next(iter(wanted))) == (1.0, 0.0)
    counts.close()
    again: Any = CountingFile(str(file))
    assert {key for key, *_ in again.read_all_values()} == read()
    again.close()
