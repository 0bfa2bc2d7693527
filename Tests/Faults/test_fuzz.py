"""libFuzzer on what reads bytes of strangers, from the corpus in Tests/Fuzz/Corpus.

It drives what stands below the services and can be built apart with its instruments: the parser, the envelope and the
reader of tables. Those and the readers within the services (params, events, cursors) are given seeded mutations by
every `make test` (Tests/FuzzTests). Built for debugging, Swift itself checks the bounds of arrays and of unsafe
buffers; the package manager gives AddressSanitizer and libFuzzer to the compiler in any order, of which one covers
nothing.
ECRM_FUZZ_SECONDS sets how long all of it takes, an hour by default.
"""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = ["document", "envelope", "table"]
SOURCES = {
    "Models": "Shared/Models", "JSON": "Shared/JSON", "JSONRPC": "Shared/JSONRPC", "Tables": "Shared/Tables",
    "Datasets": "Services/Tool/Datasets", "FuzzTargets": "Tests/Fuzz/Targets", "Fuzz": "Tests/Fuzz/Program",
}
SECONDS = int(os.environ.get("ECRM_FUZZ_SECONDS", "3600"))


@pytest.fixture(scope="module")
def program():
    package = ROOT / ".build" / "fuzz"
    shutil.rmtree(package / "Sources", ignore_errors=True)
    for target, folder in SOURCES.items():
        shutil.copytree(ROOT / folder, package / "Sources" / target)
    shutil.copy(ROOT / "Tests" / "Fuzz" / "Package.swift", package)
    subprocess.run(
        ["swift", "build", "--sanitize=fuzzer"], cwd=package, check=True, stdout=subprocess.DEVNULL)
    return package / ".build" / "debug" / "Fuzz"


@pytest.mark.soak
@pytest.mark.parametrize("target", TARGETS)
def test_no_input_brings_a_reader_down(program, target, tmp_path, figure):
    done = subprocess.run(
        # An input takes 25 s and 1 GiB at most.
        [program, f"-max_total_time={SECONDS // len(TARGETS)}", "-timeout=25", "-rss_limit_mb=1024", "-max_len=65536",
         f"-artifact_prefix={tmp_path}/", str(tmp_path), str(ROOT / "Tests" / "Fuzz" / "Corpus" / target)],
        env=os.environ | {"FUZZ_TARGET": target}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    runs = re.findall(r"Done (\d+) runs in (\d+) second", done.stdout)
    covered = re.findall(r"cov: (\d+)", done.stdout)
    assert done.returncode == 0, done.stdout[-4000:]
    figure(f"{runs[-1][0]} inputs in {runs[-1][1]} s, {covered[-1]} edges covered")
