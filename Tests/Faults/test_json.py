"""The suite's JSON parser against Python's, made strict: the same documents refused, the same values read."""

import json
import os
import random
import subprocess
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

DEPTH, MEMBERS, NUMBER = 64, 10_000, 40
# Documents made of each value that Hypothesis draws: the value itself and mutations of its text.
TEXTS = 50


class Refused(Exception):
    pass


def number(text):
    if len(text) > NUMBER:
        raise Refused(f"a number of {len(text)} characters")
    try:
        return Decimal(text)
    except InvalidOperation:
        # Well-formed, and beyond what Python can compute with: nothing, next to nothing, or more than anything.
        digits, _, exponent = text.lower().partition("e")
        return Decimal(0) if exponent.startswith("-") or not digits.strip("-0.") else ("beyond", text)


def constant(text):
    raise Refused(text)


def members(pairs):
    if len(pairs) > MEMBERS:
        raise Refused(f"{len(pairs)} members")
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Refused("a key twice")
    return value


def check(value, depth=0):
    """Refuses what Python lets pass: depth, NUL and surrogates that are alone."""
    if isinstance(value, (dict, list)) and depth == DEPTH:
        raise Refused("too deep")
    if isinstance(value, str) and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise Refused("NUL or half a character")
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for part in parts:
        check(part, depth + 1)


def strict(document):
    """The value of a document by Python's reader, with what the suite refuses refused."""
    try:
        value = json.loads(
            document.decode("utf-8"), parse_int=number, parse_float=number, parse_constant=constant,
            object_pairs_hook=members)
        check(value)
        return value
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error


def same(ours, theirs):
    """Whether two values are one, where a fraction may have become the nearest binary one."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, Decimal):
        whole = theirs == theirs.to_integral_value() and abs(theirs) < 2**63 if abs(theirs.adjusted()) < 40 else False
        return ours == theirs or not whole and float(ours) == float(theirs)
    return ours == theirs


class Parser:
    """The suite's parser in a process of its own."""

    def __init__(self):
        program = f"{os.environ['ECRM_PROGRAMS']}/JSONLines"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, documents):
        """The answer to each document: its value's text, None when it was refused."""
        answers = []
        for document in documents:
            self.process.stdin.write(document.hex().encode() + b"\n")
            self.process.stdin.flush()
            kind, _, text = self.process.stdout.readline().rstrip(b"\n").partition(b" ")
            assert kind in (b"read", b"refused"), text
            answers.append(text if kind == b"read" else None)
        return answers


@pytest.fixture(scope="module")
def parser():
    parser = Parser()
    yield parser
    parser.process.stdin.close()
    assert parser.process.wait(10) == 0


TALLY = {"read": 0, "refused": 0}


def compare(parser, documents):
    for document, answer in zip(documents, parser.read(documents)):
        try:
            expected = strict(document)
        except Refused as reason:
            assert answer is None, f"{document!r} is read, and should not be: {reason}"
            TALLY["refused"] += 1
            continue
        assert answer is not None, f"{document!r} is refused"
        assert same(strict(answer), expected), f"{document!r} is read as {answer!r}"
        # What was written is read as what it was, and written the same from there on; a fraction that is whole once it
        # is a binary one becomes a whole number.
        again, = parser.read([answer])
        assert same(strict(again), strict(answer)), f"{answer!r} is read as {again!r}"
        assert parser.read([again]) == [again]
        TALLY["read"] += 1


PIECES = [
    b'"', b"\\", b"/", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\t", b"\r", b"\x0b", b"\x0c", b"\xc2\xa0",
    b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x00", b"\x1f", b"\x7f", b"\x80", b"\xc0\x80", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80", b"\\u0000", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00", b"\\u00e9", b"\\U0041", b"\\u12",
    b"\\x41", b"\\/", b"\\b", b"\\v",
    b"0", b"-", b"+", b".", b"e", b"E5", b"1e400", b"-0", b"0.10", b"1" * 40, b"1" * 41, b"0x1", b"Infinity", b"NaN",
    b"null", b"true", b"false", b"nul", b"True", b'"a":1,"a":2', b'"a":1,"\\u0061":2', b"[" * 64, b"]" * 64,
    b'{"a":' * 63,
    b"//", b"/**/", b"'", b"\xff\xfe",
]


def tree(source, depth=4):
    """A value with texts and numbers that parsers differ about, and its JSON."""
    kind = source.randrange(8 if depth else 5)
    if kind == 0:
        return source.choice(["null", "true", "false"])
    if kind <= 2:
        digits = "".join(source.choices("0123456789", k=source.randint(1, 20))).lstrip("0") or "0"
        fraction = source.choice(["", "", f".{source.randrange(10**6)}", ".10"])
        return source.choice(["", "-"]) + digits + fraction + source.choice(["", "", "e5", "E-7", "e+10", "E0", "e400"])
    if kind <= 4:
        return json.dumps(word(source), ensure_ascii=source.random() < 0.5)
    blank = source.choice(["", "", " ", "\n", "\t \r\n"])
    parts = [tree(source, depth - 1) for _ in range(source.randrange(20))]
    if kind == 5:
        return f"[{blank}{f'{blank},'.join(parts)}{blank}]"
    # Rarely a key comes twice.
    keys = [json.dumps(word(source) + source.choice([str(place), str(place), ""])) for place in range(len(parts))]
    return "{" + f"{blank},{blank}".join(f"{key}{blank}:{part}" for key, part in zip(keys, parts)) + blank + "}"


def word(source):
    return "".join(source.choices("ab\"\\/\n\x01\x7f\u00e9\u2028\u65e5\U0001f600 0{}[],:", k=source.randrange(6)))


def mutations(text, source, count):
    """Texts that are the first one with bytes changed, cut out, doubled, or pieces put in that parsers differ about."""
    yield text
    for _ in range(count - 1):
        changed = bytearray(text)
        for _ in range(source.randint(1, 3)):
            place = source.randint(0, len(changed))
            kind = source.randrange(5)
            if kind == 0:
                changed[place:place] = source.choice(PIECES)
            elif kind == 1:
                changed[place:place + source.randint(1, 4)] = source.choice(PIECES)
            elif kind == 2:
                del changed[place:place + source.randint(1, 8)]
            elif kind == 3:
                end = place + source.randint(1, 12)
                changed[place:place] = changed[place:end]
            else:
                changed[place:place + 1] = bytes([source.randrange(256)])
        yield bytes(changed)


def written(value, source):
    """The value's JSON in one of the ways it may be written."""
    separators = source.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n ")])
    return json.dumps(value, ensure_ascii=source.random() < 0.5, separators=separators).encode("utf-8", "surrogatepass")


NUMBERS = st.one_of(
    st.integers(), st.integers(-2**70, 2**70), st.sampled_from([2**63 - 1, -2**63, 2**63, 2**53 + 1, 0, 10**39]),
    st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda parts: st.lists(parts, max_size=6) | st.dictionaries(st.text(max_size=8), parts, max_size=14), max_leaves=20)


def differ_nowhere(parser, figure, cases):
    TALLY.update(read=0, refused=0)

    @settings(
        max_examples=cases // TEXTS, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck))
    @given(VALUES, st.integers(0, 2**64))
    def run(value, seed):
        source = random.Random(seed)
        compare(parser, [tree(source).encode() for _ in range(TEXTS // 2)])
        compare(parser, list(mutations(written(value, source), source, TEXTS // 2)))

    run()
    figure(f"{sum(TALLY.values())} documents: {TALLY['read']} read alike, {TALLY['refused']} refused alike")
    assert sum(TALLY.values()) >= cases


def test_the_parser_reads_what_python_reads_and_refuses_the_rest(parser, figure):
    differ_nowhere(parser, figure, 20_000)


@pytest.mark.soak
def test_the_parsers_agree_on_many_documents(parser, figure):
    differ_nowhere(parser, figure, 200_000)


def test_the_limits_are_exact(parser):
    def keys(count):
        return b"{" + b",".join(b'"%d":0' % place for place in range(count)) + b"}"

    compare(parser, [
        b"[" * 64 + b"]" * 64, b"[" * 65 + b"]" * 65, b'{"a":' * 64 + b"1" + b"}" * 64,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"[" * 63 + b"{}" + b"]" * 63, b"[" * 64 + b"{}" + b"]" * 64, keys(10_000), keys(10_001),
        keys(9_999)[:-1] + b',"5":1}', b"1" * 40, b"1" * 41, b"-" + b"1" * 39, b"-" + b"1" * 40, b"0." + b"1" * 38,
        b"0." + b"1" * 39, b"1e" + b"1" * 38, b"1e" + b"0" * 39, b"[1e400,-1e400,1e-400,-0,0e1,0E-1,1.0,1e3]",
        b'"\xf0\x9f\x98\x80\\ud83d\\ude00"', b'{"":0,"\\u0000":1}', b"", b" ", b"\xef\xbb\xbf1", b"1\x00", b"1 2",
    ])
