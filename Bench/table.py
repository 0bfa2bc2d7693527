"""What a run of the benchmark found, as a Markdown table."""

import datetime
import os
import platform
import statistics
import subprocess
from dataclasses import dataclass


@dataclass
class Ratio:
    """One measured ratio: ours to the peer's, with what is required of it."""

    name: str
    ours: str
    peer: str
    ratio: float
    required: float
    # Whether the ratio must not be exceeded, as of times, rather than be reached, as of rates.
    at_most: bool = False

    @property
    def is_reached(self):
        return self.ratio <= self.required if self.at_most else self.ratio >= self.required

    def line(self):
        sign = "≤" if self.at_most else "≥"
        verdict = "yes" if self.is_reached else "**no**"
        return (f"| {self.name} | {self.ours} | {self.peer} | {self.ratio:.3g} | {sign} {self.required} "
                f"| {verdict} |")


@dataclass
class Note:
    """Something that was measured without a ratio being required of it."""

    text: str


def median(values):
    return statistics.median(values)


def ratio(ours, peers):
    """The median of the ratios of turns that followed each other: what slows the machine for a while hits both alike."""
    return median([one / other for one, other in zip(ours, peers, strict=True)])


def first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False) \
        .stdout.strip().splitlines()[0]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, Linux {platform.release()}"


def versions():
    commit = first_line("git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty")
    return ", ".join([
        f"suite {commit}", first_line("swift", "--version").split(" (")[0], first_line("psql", "--version"),
        first_line("wrk", "-v").split(" Copyright")[0], f"Python {platform.python_version()}"])


def table(found, load_before):
    ratios = [item for item in found if isinstance(item, Ratio)]
    notes = [item for item in found if isinstance(item, Note)]
    lines = [
        "# Benchmark", "",
        f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, load before the run {load_before:.1f}",
        f"- {machine()}", f"- {versions()}", "",
        "Each figure is the median of repetitions that take turns with the peer's, all on this machine with the load "
        "generator and PostgreSQL.", "",
        "| | suite | peer | ratio | required | reached |", "|---|---|---|---|---|---|",
        *[ratio.line() for ratio in ratios], ""]
    for note in notes:
        lines += [note.text, ""]
    return "\n".join(lines)
