"""The BG/NBD fit on CDNOW against the package lifetimes: time and optimum.

The suite's side is what `clv.fit` itself calls, on the summary that lifetimes ships; reading the file is left out on
both sides.
"""

import csv
import json
import os
import subprocess
import time

import numpy
from lifetimes import BetaGeoFitter
from scipy.special import betaln, gammaln

from table import Note, Ratio, median

ROUNDS = 5
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def measure():
    path = os.path.join(os.environ.get("ECRM_DATA") or f"{ROOT}/.data", "cdnow", "cdnow_customers_summary.csv")
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    frequency, recency, age = (
        numpy.array([float(row[name]) for row in rows]) for name in ("frequency", "recency", "T"))
    ours, peers = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        fitter = BetaGeoFitter(penalizer_coef=0.0)
        fitter.fit(frequency, recency, age)
        peers.append(time.perf_counter() - began)
        printed = subprocess.run(
            [f"{os.environ['ECRM_PROGRAMS']}/fit-bench", path, "3"], stdout=subprocess.PIPE, check=True).stdout
        fits = [json.loads(line) for line in printed.splitlines()]
        ours.append(median([fit["seconds"] for fit in fits]))
    names = ("r", "alpha", "a", "b")
    suite = [fits[0][name] for name in names]
    peer = [float(fitter.params_[name]) for name in names]
    difference = max(abs(one - other) / abs(other) for one, other in zip(suite, peer))
    if difference > 1e-4:
        raise RuntimeError(f"the optima differ: {suite} and {peer}")
    told = [f"{value:.6g}" for value in suite]
    return [
        Ratio(
            f"BG/NBD fit of CDNOW's {len(rows):,} customers, against lifetimes", f"{median(ours) * 1000:.2f} ms",
            f"{median(peers) * 1000:.1f} ms", median(ours) / median(peers), 0.2, at_most=True),
        Note(
            f"Optimum of the fit: r, α, a, b = {', '.join(told)}, log-likelihood "
            f"{likelihood(suite, frequency, recency, age):.4f}; lifetimes' own parameters give "
            f"{likelihood(peer, frequency, recency, age):.4f} and differ by {difference:.0e} of their size at most."),
    ]


def likelihood(parameters, x, recency, age):
    """The log-likelihood of these parameters, by neither side's code (Fader, Hardie & Lee 2005, equation 6)."""
    r, alpha, a, b = parameters
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * numpy.log(alpha + age)
    repeated = numpy.maximum(x, 1)
    gone = numpy.where(
        x > 0, betaln(a + 1, b + repeated - 1) - betaln(a, b) - (r + x) * numpy.log(alpha + recency), -numpy.inf)
    return float(numpy.sum(gammaln(r + x) - gammaln(r) + r * numpy.log(alpha) + numpy.logaddexp(alive, gone)))
