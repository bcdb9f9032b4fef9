"""Programs of others that read what we wrote: poppler, NSS, qpdf, OpenSSL."""

import os
import shutil
import subprocess

import pytest


def needs(*tools: str) -> pytest.MarkDecorator:
    """Skip without these tools, but never in CI: there a missing tool is a failure."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(
        bool(missing) and not os.environ.get("CI"), reason=f"not installed: {', '.join(missing)}"
    )


def run(*command: str, must: bool = True) -> str:
    """What a tool says, on both channels. Fails with what it said, or that it is not there."""
    if shutil.which(command[0]) is None:
        pytest.fail(
            f"{command[0]} is not installed: apt-get install poppler-utils libnss3-tools qpdf openssl"
        )
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0 or not must, said
    return said
