"""What the packages splink and recordlinkage make of two lists, or of one, without labels.

Both get the same blocks: records that agree on any one of the fields that the list names for it. Their thresholds are
their own (0.5 for recordlinkage's classifier), nothing is chosen by the truth.
"""

import logging
import time
import warnings

import pandas
import recordlinkage
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAMES = {"given_name", "surname", "first_name"}
TEXTS = {"address_1", "suburb", "city"}
DATES = {"date_of_birth", "dob"}
CODES = {"postcode"}

warnings.filterwarnings("ignore")
logging.getLogger("splink").setLevel(logging.ERROR)


def by_splink(lists, fields, blocks, deterministic, trained):
    """Pairs of record ids with their probability, and the seconds that training and prediction took."""

    def comparison(field):
        if field in NAMES:
            return compare.NameComparison(field)
        if field in DATES | CODES:
            return compare.LevenshteinAtThresholds(field, [1, 2])
        if field in TEXTS:
            return compare.JaroWinklerAtThresholds(field, [0.95, 0.85])
        if field == "email":
            return compare.EmailComparison(field)
        return compare.ExactMatch(field)

    settings = SettingsCreator(
        link_type="link_only" if len(lists) == 2 else "dedupe_only", unique_id_column_name="rec_id",
        comparisons=[comparison(field) for field in fields],
        blocking_rules_to_generate_predictions=[block_on(field) for field in blocks])
    tables = [pandas.DataFrame(rows) for rows in lists]
    began = time.perf_counter()
    api = DuckDBAPI()
    registered = [api.register(table, dataset_display_name=f"list_{place}") for place, table in enumerate(tables)]
    linker = Linker(registered if len(registered) > 1 else registered[0], settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in deterministic], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in trained:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    seconds = time.perf_counter() - began
    pairs = zip(found["rec_id_l"], found["rec_id_r"], found["match_probability"])
    return {frozenset((a, b)): float(probability) for a, b, probability in pairs}, seconds


def by_recordlinkage(lists, fields, blocks):
    """Pairs of record ids, and the seconds that indexing, comparing and classifying took."""
    tables = [pandas.DataFrame(rows).set_index("rec_id") for rows in lists]
    began = time.perf_counter()
    indexer = recordlinkage.Index()
    for field in blocks:
        indexer.block(field)
    pairs = indexer.index(*tables)
    comparer = recordlinkage.Compare()
    for field in fields:
        if field in NAMES | TEXTS:
            comparer.string(field, field, method="jarowinkler", threshold=0.85, label=field)
        elif field in DATES:
            comparer.string(field, field, method="levenshtein", threshold=0.85, label=field)
        else:
            comparer.exact(field, field, label=field)
    features = comparer.compute(pairs, *tables)
    classifier = recordlinkage.ECMClassifier(init="jaro", max_iter=200)
    found = classifier.fit_predict(features)
    seconds = time.perf_counter() - began
    return {frozenset(pair): 1.0 for pair in found}, seconds
