"""A proxy between a service and PostgreSQL that understands enough of the protocol to go wrong at a chosen statement.

It listens on a Unix socket, as the private cluster does, so that no other network is needed.
"""

import os
import socket
import struct
import tempfile
import threading
import time
from dataclasses import dataclass, field

CANCEL, SSL, GSS = 80877102, 80877103, 80877104


@dataclass
class Watch:
    """What is to go wrong in the transaction that holds an idempotency key, and what was seen of it.

    `fault` is `error` (the server refuses the statement with `sqlstate`), `cut` (the connection is lost before the
    statement arrives) or `silence` (the connection is lost after the statement has run and before its answer comes).
    """

    fault: str = "none"
    # Which statement, from 1; 0 is the COMMIT, wherever it stands.
    at: int = 0
    sqlstate: str = "53100"
    statements: list = field(default_factory=list)
    happened: bool = False

    def is_due(self, text):
        if self.happened or self.fault == "none":
            return False
        return text == "COMMIT" if self.at == 0 else len(self.statements) == self.at


class Proxy:
    """Passes connections on to the cluster of a suite until it is told to do worse."""

    def __init__(self, suite):
        with suite.database() as database:
            self.port = database.info.port
            self.target = f"{database.info.host}/.s.PGSQL.{self.port}"
        self.folder = tempfile.mkdtemp(prefix="ecrm-proxy-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.path = f"{self.folder}/.s.PGSQL.{self.port}"
        self.lock = threading.Lock()
        self.links = set()
        self.watches = {}
        self.latency = 0.0
        # New connections and all that exist are left without any answer.
        self.is_silent = False
        # New connections are closed at once.
        self.is_refusing = False
        self.accepted = 0
        self.listener = None

    def __enter__(self):
        self.listen()
        return self

    def __exit__(self, *_):
        self.stop()
        os.rmdir(self.folder)

    def listen(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(256)
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def stop(self):
        """Nobody listens any more, and every connection is lost."""
        if self.listener is None:
            return
        listener, self.listener = self.listener, None
        os.unlink(self.path)
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        self.cut()

    def cut(self):
        """Loses all connections."""
        with self.lock:
            links = list(self.links)
        for link in links:
            link.close()
        return len(links)

    def fall_silent(self):
        """Swallows what comes from now on, as a network does that has gone: what is connected now never recovers."""
        self.is_silent = True
        with self.lock:
            for link in self.links:
                link.is_silent = True

    def recover(self):
        self.is_silent = self.is_refusing = False
        self.latency = 0.0

    def watch(self, key, fault="none", at=0, **options):
        """Has the call with this idempotency key go wrong once."""
        watch = Watch(fault, at, **options)
        with self.lock:
            self.watches = {key.encode(): watch}
        return watch

    def address(self, url):
        """The connection string, by way of this proxy."""
        head, _, _ = url.partition("?")
        return f"{head}?host={self.folder}&port={self.port}"

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self.is_refusing:
                client.close()
                continue
            link = Link(self, client)
            with self.lock:
                self.links.add(link)
            threading.Thread(target=link.run, daemon=True).start()


class Link:
    """One connection of a service."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = socket.socket(socket.AF_UNIX)
        self.is_silent = proxy.is_silent
        self.texts = {}
        self.bound = ""
        self.watch = None
        # Ends of groups that went to the server, its greeting being the first, and those that it answered.
        self.asked, self.answered = 1, 0
        # The group whose answer is not passed on, and with whose end the connection is lost; nothing follows it.
        self.withheld = None

    def run(self):
        try:
            self.server.connect(self.proxy.target)
            threading.Thread(target=self.guarded, args=[self.downstream], daemon=True).start()
            self.guarded(self.upstream)
        except OSError:
            self.close()

    def guarded(self, body):
        try:
            body()
        except (OSError, EOFError, struct.error):
            pass
        finally:
            self.close()

    def close(self):
        with self.proxy.lock:
            self.proxy.links.discard(self)
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def upstream(self):
        self.greet()
        reader = Reader(self.client)
        group = []
        while True:
            message = reader.message()
            group.append(message)
            # A group ends with its sync; what is sent outside of one goes on at once.
            if message[0] in b"PBDEC":
                continue
            if message[0] in b"SQ":
                group = self.tamper(group)
            self.forward(b"".join(group))
            group = []

    def greet(self):
        while True:
            head = take(self.client, 8)
            length, code = struct.unpack("!II", head)
            self.forward(head + take(self.client, length - 8))
            if code not in (SSL, GSS):
                return

    def forward(self, data):
        if self.proxy.latency:
            time.sleep(self.proxy.latency)
        if not self.is_silent:
            self.server.sendall(data)
        while self.withheld is not None:
            # What the service sends after it is lost.
            take(self.client, 1)

    def tamper(self, group):
        """The group as it goes on to the server, after whatever is due has happened."""
        with self.proxy.lock:
            watches = self.proxy.watches
        if self.watch is None:
            body = b"".join(group) if watches else b""
            self.watch = next((watch for key, watch in watches.items() if key in body), None)
        kept = []
        for message in group:
            kind, body = message[0:1], message[5:]
            if kind == b"P":
                name, text = body.split(b"\0", 2)[:2]
                self.texts[name] = text.decode()
            elif kind == b"B":
                self.bound = self.texts.get(body.split(b"\0", 2)[1], "")
            elif kind == b"E" and self.watch is not None:
                self.watch.statements.append(self.bound)
                if self.watch.is_due(self.bound):
                    self.watch.happened = True
                    kept.append(message)
                    return self.fail(group, kept)
                if self.bound in ("COMMIT", "ROLLBACK"):
                    self.watch = None
            kept.append(message)
        self.asked += 1
        return group

    def fail(self, group, kept):
        watch, self.watch = self.watch, None
        if watch.fault == "cut":
            raise EOFError
        self.asked += 1
        if watch.fault == "silence":
            self.withheld = self.asked
            return kept + [group[-1]]
        while kept[-1][0:1] != b"B":
            kept.pop()
        kept.pop()
        text = f"DO $$ BEGIN RAISE EXCEPTION 'made by the proxy' USING ERRCODE = '{watch.sqlstate}'; END $$"
        return kept + [
            encoded(b"P", b"\0" + text.encode() + b"\0\0\0"), encoded(b"B", b"\0\0\0\0\0\0\0\0"),
            encoded(b"E", b"\0\0\0\0\0"), group[-1]]

    def downstream(self):
        reader = Reader(self.server)
        while True:
            message = reader.message()
            if message[0:1] == b"Z":
                self.answered += 1
                if self.answered == self.withheld:
                    raise EOFError
            if not self.is_silent and (self.withheld is None or self.answered < self.withheld - 1):
                self.client.sendall(message)


class Reader:
    """Takes a stream apart into messages: a letter, the length, the body."""

    def __init__(self, source):
        self.source = source
        self.buffer = b""

    def message(self):
        while True:
            if len(self.buffer) >= 5:
                end = 1 + struct.unpack("!I", self.buffer[1:5])[0]
                if len(self.buffer) >= end:
                    message, self.buffer = self.buffer[:end], self.buffer[end:]
                    return message
            data = self.source.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data


def take(source, count):
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def encoded(kind, body):
    return kind + struct.pack("!I", len(body) + 4) + body
