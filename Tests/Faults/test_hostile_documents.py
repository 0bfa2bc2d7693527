"""JSON that means harm: each document has its exact answer, costs little, and leaves the connection as it was."""

import json
import time

import pytest

SERVICE = "channel-integration"


def call(params="{}", identity="1", method="no.such"):
    return f'{{"jsonrpc":"2.0","id":{identity},"method":"{method}","params":{params}}}'


def nested(depth, inside="1"):
    """Params with so many levels in all, the call's own included."""
    return call('{"a":' * (depth - 1) + inside + "}" * (depth - 1))


def members(count):
    return call("{" + ",".join(f'"k{place}":{place}' for place in range(count)) + "}")


PARSE_ERROR, INVALID_REQUEST, NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602

# Name → the text, or its bytes, and the code of the answer; a second value is the id that is answered.
DOCUMENTS = {
    "nothing": ("", PARSE_ERROR),
    "64 levels": (nested(64), NOT_FOUND, 1),
    "65 levels": (nested(65), PARSE_ERROR),
    "100,000 levels of objects": ('{"a":' * 100_000, PARSE_ERROR),
    "100,000 levels of arrays": ("[" * 100_000 + "]" * 100_000, PARSE_ERROR),
    "10,000 members": (members(10_000), NOT_FOUND, 1),
    "10,001 members": (members(10_001), PARSE_ERROR),
    "the id twice": ('{"jsonrpc":"2.0","id":1,"id":2,"method":"no.such"}', PARSE_ERROR),
    "the method twice, once escaped": ('{"jsonrpc":"2.0","id":1,"method":"no.such","\\u006dethod":"b"}', PARSE_ERROR),
    **{f"a key twice at level {depth}": (nested(depth, '{"b":1,"b":1}'), PARSE_ERROR) for depth in (2, 10, 63)},
    "a number of 40 characters": (call('{"a":' + "1" * 40 + "}"), NOT_FOUND, 1),
    "a number of 41 characters": (call('{"a":' + "1" * 41 + "}"), PARSE_ERROR),
    "a number of 100,000 digits": (call('{"a":' + "1" * 100_000 + "}"), PARSE_ERROR),
    "1e400 where nothing is read": (call('{"a":1e400}'), NOT_FOUND, 1),
    "1e400 for a whole number": (
        call('{"text":"ada","limit":1e400}', method="customers.search"), INVALID_PARAMS, 1),
    "1e400 for the id": (call(identity="1e400"), INVALID_REQUEST, None),
    "an exponent without digits": (call('{"a":1e}'), PARSE_ERROR),
    "a zero before a number": (call('{"a":01}'), PARSE_ERROR),
    "not a number": (call('{"a":NaN}'), PARSE_ERROR),
    "a comma too many": (call('{"a":1,}'), PARSE_ERROR),
    "a comma too many in an array": (call('{"a":[1,]}'), PARSE_ERROR),
    "a comment": (call('{"a":1/**/}'), PARSE_ERROR),
    "single quotes": ("{'jsonrpc':'2.0'}", PARSE_ERROR),
    "NUL, escaped": (call('{"a":"\\u0000"}'), PARSE_ERROR),
    "NUL as it is": (call('{"a":"\x00"}'), PARSE_ERROR),
    "a tab in a text": (call('{"a":"\t"}'), PARSE_ERROR),
    "a high surrogate alone": (call('{"a":"\\ud800"}'), PARSE_ERROR),
    "a low surrogate alone": (call('{"a":"\\udc00"}'), PARSE_ERROR),
    "surrogates in the wrong order": (call('{"a":"\\udc00\\ud800"}'), PARSE_ERROR),
    "a pair of surrogates": (call('{"a":"\\ud83d\\ude00"}'), NOT_FOUND, 1),
    "a surrogate in UTF-8": (call('{"a":"?"}').encode().replace(b"?", b"\xed\xa0\x80"), PARSE_ERROR),
    "an overlong slash": (call('{"a":"?"}').encode().replace(b"?", b"\xc0\xaf"), PARSE_ERROR),
    "an overlong NUL": (call('{"a":"?"}').encode().replace(b"?", b"\xe0\x80\x80"), PARSE_ERROR),
    "a character beyond Unicode": (call('{"a":"?"}').encode().replace(b"?", b"\xf4\x90\x80\x80"), PARSE_ERROR),
    "half a character": (call('{"a":"?"}').encode().replace(b"?", b"\xc3"), PARSE_ERROR),
    "Latin-1": (call('{"a":"ä"}').encode("latin-1"), PARSE_ERROR),
    "a mark of byte order": ("\ufeff" + call(), PARSE_ERROR),
    "UTF-16": (call().encode("utf-16"), PARSE_ERROR),
    "two documents": (call() + call(), PARSE_ERROR),
    "a NUL behind": (call() + "\x00", PARSE_ERROR),
    "a text": ('"call"', INVALID_REQUEST, None),
    "a number": ("1", INVALID_REQUEST, None),
    "no batch": ("[]", INVALID_REQUEST, None),
    "an id that is an object": (call(identity="{}"), INVALID_REQUEST, None),
    "an id that is an array": (call(identity="[1]"), INVALID_REQUEST, None),
    "an id that is true": (call(identity="true"), INVALID_REQUEST, None),
    "an id that is no whole number": (call(identity="1.5"), INVALID_REQUEST, None),
    "an id of 2^53": (call(identity=str(2**53)), NOT_FOUND, 2**53),
    "an id beyond 2^53": (call(identity=str(2**53 + 1)), INVALID_REQUEST, None),
    "an id of 64 characters": (call(identity=f'"{"é" * 64}"'), NOT_FOUND, "é" * 64),
    "an id of 65 characters": (call(identity=f'"{"é" * 65}"'), INVALID_REQUEST, None),
    "a member that no request has": ('{"jsonrpc":"2.0","id":1,"method":"a","more":1}', INVALID_REQUEST, 1),
    "params that are a text": (call('"a"'), INVALID_REQUEST, 1),
    "a version to come": ('{"jsonrpc":"3.0","id":1,"method":"a"}', INVALID_REQUEST, 1),
    "a method that is none": ('{"jsonrpc":"2.0","id":1,"method":5}', INVALID_REQUEST, 1),
    "a method of a mebibyte": (call(method="a" * 1_000_000), NOT_FOUND, 1),
}
# Neither call nor JSON, and as large as is taken of a single call.
MEBIBYTES = {
    "brackets": b"[" * 1_048_576, "braces": b"{" * 1_048_576, "numbers": b"[" + b"0," * 524_287,
    "escapes": b'"' + b"\\" * 1_048_575, "empty objects": b"[" + b"{}," * 349_000 + b"{}]",
    "escaped letters": b'"' + b"\\u0041" * 174_000 + b'"', "blanks": b" " * 1_048_576,
    "empty keys": b"{" + b'"":0,' * 200_000, "long keys": b'{"' + b"k" * 1_048_574,
}


@pytest.fixture(scope="module")
def client(suite):
    """One connection for all documents: a refusal does not end it."""
    with suite.client(SERVICE) as client:
        client.call("rpc.discover")
        client.made = client.connection
        yield client


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_has_its_answer(suite, client, name):
    text, code, *identity = DOCUMENTS[name]
    answer = json.loads(client.post(text.encode() if isinstance(text, str) else text))
    assert client.status == 200
    assert answer["error"]["code"] == code
    assert answer["id"] == (identity[0] if identity else None)
    assert client.connection is client.made


def test_hostile_documents_cost_little(suite, client, figure):
    documents = {**{name: text for name, (text, *_) in DOCUMENTS.items()}, **MEBIBYTES}
    documents = {name: text.encode() if isinstance(text, str) else text for name, text in documents.items()}
    slowest = (0, "")
    for turn in range(8):
        for name, document in documents.items():
            start = time.monotonic()
            client.post(document)
            assert client.status == 200, name
            slowest = max(slowest, (time.monotonic() - start, name)) if turn else slowest
        # What the first turns leave behind is the allocator's.
        if turn == 3:
            resident, busy = suite.resident(SERVICE), suite.processor_seconds(SERVICE)
    busy = (suite.processor_seconds(SERVICE) - busy) / 4 / len(documents)
    grown = suite.resident(SERVICE) - resident
    seconds, name = slowest
    figure(f"{len(documents)} documents four times more: memory {grown >> 10:+} KiB, {busy * 1000:.1f} ms of a core "
           f"each; the slowest ({name}) took {seconds * 1000:.0f} ms")
    assert client.connection is client.made
    assert grown < 5 << 20
    # An optimised build takes a tenth of that; what is meant is that nothing is worse than linear.
    assert busy < 0.1
