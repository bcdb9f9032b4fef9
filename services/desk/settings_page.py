"""The page of all settings: what `plenary settings` prints and docs/settings.md holds."""

import argparse
import os
import sys

from services.kit.settings import describe, load

_INTRODUCTION = """\
# Settings

Every setting is an environment variable. An unknown `PLENARY_` variable or a malformed value is refused at start.
Private keys are never settings: they are files under `PLENARY_DATA`, in `keys/`, readable by their owner only.
This page is what `plenary settings --page` prints; a test keeps the two equal.

"""


def page() -> str:
    """The Markdown of docs/settings.md."""
    return _INTRODUCTION + describe()


def main(arguments: list[str]) -> int:
    """Print all settings with the values in force; passwords are masked."""
    parser = argparse.ArgumentParser(prog="plenary settings", description=main.__doc__)
    parser.add_argument("--page", action="store_true", help="print the page docs/settings.md instead")
    given = parser.parse_args(arguments)
    sys.stdout.write(page() if given.page else describe(load(os.environ)))
    return 0
