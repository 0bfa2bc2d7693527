"""The strict JSON parser and encoder against Foundation's, by `json-bench`."""

import os
import subprocess

from table import Note


def measure():
    printed = subprocess.run(
        [f"{os.environ['ECRM_PROGRAMS']}/json-bench"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [Note(f"JSON, by `json-bench`:\n\n```\n{printed.strip()}\n```")]
