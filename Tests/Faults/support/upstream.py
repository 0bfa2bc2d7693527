"""A server in a service's place, to see what the edge makes of a request and when; and an edge alone in front of it."""

import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

from support.suite import SERVICES, eventually


class Upstream:
    """Answers behind the edge under a service's name, with a certificate for the name it is given."""

    def __init__(self, folder, authority, name="retention", certified=None):
        self.name = name
        self.release = threading.Event()
        self.arrived = 0
        self.requests = []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                upstream.requests.append((self.path, dict(self.headers), self.connection.getpeercert()))
                if self.path.startswith("/events"):
                    self.events()
                else:
                    self.answer({"path": self.path, "headers": {key.lower(): value for key, value in self.headers.items()}})

            def do_POST(self):
                upstream.requests.append((self.path, dict(self.headers), self.connection.getpeercert()))
                left = int(self.headers["Content-Length"])
                while left:
                    part = self.rfile.read1(min(left, 1 << 16))
                    if not part:
                        return
                    left -= len(part)
                    upstream.arrived += len(part)
                self.answer({"path": self.path, "bytes": upstream.arrived})

            def answer(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def events(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for event in (b"id: 1\ndata: one\n\n", b"id: 2\ndata: two\n\n"):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                    self.wfile.flush()
                    # The second waits until the test has seen the first.
                    upstream.release.wait(20)
                self.wfile.write(b"0\r\n\r\n")

        leaf = authority.issue(["localhost", certified or name], usages=["server"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*leaf.write(f"{folder}/upstream-{name}"))
        context.load_verify_locations(cadata=authority.pem.decode())
        context.verify_mode = ssl.CERT_OPTIONAL
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


class Edge:
    """`ecrm edge` alone, in front of these upstreams; what is missing is nowhere."""

    def __init__(self, folder, authority, *upstreams, **environment):
        self.authority = f"{folder}/authority.pem"
        with open(self.authority, "wb") as file:
            file.write(authority.pem)
        leaf = authority.issue(["localhost", "edge", "spiffe://ecrm/edge"], usages=["server", "client"])
        certificate, key = leaf.write(f"{folder}/edge")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.edge_port = probe.getsockname()[1]
        places = {upstream.name: upstream.port for upstream in upstreams}
        self.environment = {
            "PATH": os.environ["PATH"], "ECRM_EDGE_PORT": str(self.edge_port), "ECRM_TLS_CERTIFICATE": certificate,
            "ECRM_TLS_KEY": key, "ECRM_TLS_AUTHORITY": self.authority, "ECRM_TLS_RELOAD_SECONDS": "0.5",
        } | {f"ECRM_{name.replace('-', '_').upper()}_ADDRESS": f"localhost:{places.get(name, 1)}" for name in SERVICES}
        self.environment |= environment
        self.folder = f"{folder}/run"
        self.process = None

    def __enter__(self):
        program = f"{os.environ['ECRM_PROGRAMS']}/ecrm"
        self.process = subprocess.Popen([program, "edge", "--folder", self.folder], env=self.environment)
        eventually(self.answers)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            assert self.process.wait(timeout=45) == 0
        finally:
            self.process.kill()

    def port(self, _):
        return self.edge_port

    def answers(self):
        context = ssl.create_default_context(cafile=self.authority)
        try:
            with urllib.request.urlopen(f"https://localhost:{self.edge_port}/health", context=context, timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            assert self.process.poll() is None, "the edge has ended"
            return False
