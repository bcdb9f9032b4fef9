"""A whole `plenary run` for tests: started as people start it, found through its run.json."""

import json
import os
import secrets
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.waiting import eventually


@dataclass(frozen=True)
class Desk:
    """A running `plenary run` on `data`."""

    data: Path
    process: subprocess.Popen[bytes]

    def facts(self) -> dict[str, Any]:
        """What run.json says now; empty when there is none."""
        try:
            facts: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        except FileNotFoundError:
            return {}
        return facts

    def is_ready(self) -> bool:
        """Whether its address answers /health/ready with 200."""
        try:
            url = f"{self.facts()['url']}/health/ready"
            with urllib.request.urlopen(url, timeout=5, context=self.context()) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (KeyError, urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def context(self) -> ssl.SSLContext:
        """What a phone trusts that was told to trust this house."""
        authority = self.data / "keys" / "tls-ca.pem"
        return ssl.create_default_context(cafile=str(authority) if authority.exists() else None)

    def wait_until_ready(self) -> dict[str, Any]:
        """Wait for it; what run.json says then. Raises AssertionError with its output if it ended."""
        eventually(lambda: self.is_ready() or self.process.poll() is not None, 60, "ready")
        assert self.process.poll() is None, f"ended with {self.process.returncode}"
        return self.facts()

    def everybody(self) -> list[psutil.Process]:
        """The processes of this run: itself and all its descendants."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and wait; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(60)


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a `plenary` command on `data`, on a free port, with two workers."""
    wanted = {"PORT": "0", "DATA": str(data), "WORKERS": "2", "LOG_FORMAT": "console", **settings}
    return os.environ | {f"PLENARY_{name}": value for name, value in wanted.items()}


def command(*arguments: str) -> list[str]:
    """A `plenary` command line of this very checkout."""
    return [sys.executable, "-m", "services", *arguments]


@contextmanager
def running(data: Path, *arguments: str, said: Path = Path(os.devnull), **settings: str) -> Iterator[Desk]:
    """A ready `plenary run`, what it says in the file `said`; killed in the end if the test did not stop it."""
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command("run", *arguments),
            env=environment(data, **settings),
            stdout=output,
            start_new_session=True,
        ) as process,
    ):
        desk = Desk(data, process)
        try:
            desk.wait_until_ready()
            yield desk
        finally:
            if process.poll() is None:
                desk.stop()


def fresh(name: str) -> str:
    """An id that nothing else on a server has that others use, too."""
    return f"{name}-{secrets.token_hex(4)}"


def all_gone(processes: list[psutil.Process], seconds: float = 30.0) -> bool:
    """Whether none of them runs any more, zombies counted as running unless nobody is left to reap them."""
    _, alive = psutil.wait_procs(processes, seconds)
    return not alive
