"""Bytes over TLS as they are, for requests that no client would send."""

import socket
import ssl
import time


class RawConnection:
    """A connection that speaks whatever it is told to."""

    def __init__(
            self, suite, service="channel-integration", protocol="http/1.1", timeout=15, receive_buffer=None, port=None):
        self.received = b""
        self.is_closed = False
        self.is_reset = False
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(timeout)
        plain.connect(("127.0.0.1", port or suite.port(service)))
        # Small pieces go out as they are written.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.create_default_context(cafile=suite.authority)
        context.set_alpn_protocols([protocol])
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == protocol

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends the bytes; false when the other side has closed before it took all of them."""
        try:
            self.socket.sendall(data)
            return True
        except (ConnectionError, ssl.SSLError, TimeoutError):
            return False

    def receive(self, seconds):
        """Takes what comes within the time; false when nothing did, or nothing will any more."""
        if self.is_closed:
            return False
        self.socket.settimeout(max(seconds, 0.001))
        try:
            data = self.socket.recv(65_536)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except (ConnectionError, ssl.SSLError):
            self.is_reset = True
            data = b""
        self.received += data
        self.is_closed = not data
        return bool(data)

    def receive_until(self, condition, seconds):
        """Takes what comes until the condition holds, the connection is closed or the time is over."""
        deadline = time.monotonic() + seconds
        while not self.is_closed and not condition() and time.monotonic() < deadline:
            self.receive(min(0.2, deadline - time.monotonic()))
        return condition()

    def answers(self, seconds, count=None):
        """The statuses and bodies of HTTP/1.1 that came, until there are so many, or the connection is closed."""
        enough = (lambda: len(parse_answers(self.received)) >= count) if count is not None else (lambda: False)
        self.receive_until(enough, seconds)
        return parse_answers(self.received)


def parse_answers(data):
    """The complete answers in the bytes, as (status, headers, body), interim ones included."""
    answers = []
    while b"\r\n\r\n" in data:
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        assert lines[0].startswith("HTTP/1.1 "), lines[0]
        status = int(lines[0].split()[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            break
        answers.append((status, headers, rest[:length]))
        data = rest[length:]
    return answers


def post(body, *fields, target="/rpc", token=None, length=True):
    """A request of HTTP/1.1 with the body and further lines of headers."""
    lines = [f"POST {target} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *fields]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
