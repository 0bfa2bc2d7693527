"""Frames of HTTP/2 as they are (RFC 9113), for sequences that no client would send."""

import struct

import hpack

from support.raw import RawConnection

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 0x1, 0x1, 0x4, 0x8

ERRORS = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
]


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    """A frame, whose length is its payload's unless another one is told."""
    length = len(payload) if length is None else length
    return struct.pack(">HBBBL", length >> 8, length & 0xFF, kind, flags, stream) + payload


def settings(*values):
    return frame(SETTINGS, payload=b"".join(struct.pack(">HL", *value) for value in values))


def request(path="/rpc", method="POST", token=None, *fields):
    """The fields of a request in the order they are sent."""
    fields = [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path),
              ("content-type", "application/json"), *fields]
    return fields + ([("authorization", f"Bearer {token}")] if token else [])


def block(fields):
    """The fields compressed without reference to others, names and values just as they are given."""
    return b"".join(
        b"\x00" + b"".join(hpack.hpack.encode_integer(len(text), 7) + text for text in map(as_bytes, field))
        for field in fields)


def as_bytes(text):
    return text.encode("latin-1") if isinstance(text, str) else text


class RawHTTP2(RawConnection):
    """A connection that has said hello, and keeps what it is told."""

    def __init__(self, suite, greeting=PREFACE + settings(), **options):
        super().__init__(suite, protocol="h2", **options)
        self.frames = []
        self.decoder = hpack.Decoder()
        self.position = 0
        self.send(greeting)

    def call(self, stream, body, token=None, path="/rpc"):
        self.send(frame(HEADERS, END_HEADERS, stream, block(request(path, token=token)))
                  + frame(DATA, END_STREAM, stream, body))

    def receive(self, seconds):
        came = super().receive(seconds)
        while len(self.received) - self.position >= 9:
            high, low, kind, flags, stream = struct.unpack_from(">HBBBL", self.received, self.position)
            length = high << 8 | low
            start = self.position + 9
            if len(self.received) < start + length:
                break
            payload = self.received[start:start + length]
            if kind == HEADERS:
                payload = dict(self.decoder.decode(payload))
            self.frames.append((kind, flags, stream, payload))
            self.position = start + length
        return came

    def statuses(self):
        """Stream → the status it was answered with."""
        return {stream: int(payload[":status"]) for kind, _, stream, payload in self.frames if kind == HEADERS}

    def bodies(self):
        """Stream → the bytes it was answered with, once that was all."""
        bodies, ended = {}, set()
        for kind, flags, stream, payload in self.frames:
            if kind == DATA:
                bodies[stream] = bodies.get(stream, b"") + payload
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                ended.add(stream)
        return {stream: bodies.get(stream, b"") for stream in ended}

    def resets(self):
        """Stream → the error it was reset with."""
        return {stream: ERRORS[struct.unpack(">L", payload)[0]] for kind, _, stream, payload in self.frames
                if kind == RST_STREAM}

    def goaway(self):
        """The error that the connection was ended with, None when it was not."""
        codes = [struct.unpack_from(">L", payload, 4)[0] for kind, _, _, payload in self.frames if kind == GOAWAY]
        return ERRORS[codes[-1]] if codes else None
