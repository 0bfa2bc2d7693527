"""A client from Python's standard library, that knows nothing of the suite's own code."""

import http.client
import json
import ssl


class RPCError(Exception):
    """An error that a service answered."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')} {error.get('message')}: {error.get('data')}")
        self.code = error.get("code")
        self.data = error.get("data") or {}

    @property
    def retryable(self):
        return bool(self.data.get("retryable"))


class Client:
    """A connection to one service, kept open from call to call and made anew when it was lost."""

    def __init__(self, port, authority, token, timeout=20, certificate=None, path="/rpc"):
        self.tls = ssl.create_default_context(cafile=authority)
        if certificate:
            self.tls.load_cert_chain(*certificate)
        self.port = port
        self.token = token
        self.timeout = timeout
        self.path = path
        self.connection = None
        self.number = 0
        # Of the last answer.
        self.status = None
        self.headers = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def post(self, body, path=None, content_type="application/json", headers=None):
        """Sends the bytes and returns the answer's; what went wrong on the way is an `OSError` or `HTTPException`."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(
                "localhost", self.port, context=self.tls, timeout=self.timeout)
        fields = {"Content-Type": content_type} | (headers or {})
        if self.token:
            fields["Authorization"] = f"Bearer {self.token}"
        try:
            self.connection.request("POST", path or self.path, body, fields)
            answer = self.connection.getresponse()
            self.status, self.headers = answer.status, answer.headers
            return answer.read()
        except BaseException:
            self.close()
            raise

    def call(self, method, params=None, key=None):
        """The result of a call, with an idempotency key if one is given."""
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params or {}}
        answer = json.loads(
            self.post(json.dumps(request).encode(), headers={"Idempotency-Key": key} if key else None))
        if "error" in answer:
            raise RPCError(answer["error"])
        assert answer["id"] == self.number
        return answer["result"]
