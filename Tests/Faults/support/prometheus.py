"""Prometheus's own checker, and what its expressions name."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Words of PromQL that are no metrics; what is called is told by its parenthesis.
WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


def promtool(*arguments, text=None, folder=ROOT):
    """Runs promtool and returns its exit status and everything it said."""
    tool = subprocess.run([f"{ROOT}/Setup/promtool.sh"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    done = subprocess.run(
        [tool, *arguments], input=text, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def metrics_of(expression):
    """The names of the metrics in an expression."""
    rest = re.sub(r'"[^"]*"', "", expression)
    rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", rest)
    rest = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", rest)
    names = re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()", rest)
    return {name for name in names if name not in WORDS}
