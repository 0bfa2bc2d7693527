"""Who may call what: every method of every contract, for every kind of caller, against the contract's own `x-access`.

That the services' roles in the database may write their own tables only is shown by
Tests/CustomerBaseTests/Database/BaseGrantTests.swift, statement by statement.
"""

import json
import re
import statistics
import time

import pytest

from support.rpc import RPCError
from support.suite import SERVICES, eventually, new_key

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_PARAMS = -32001, -32003, -32004, -32602
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def house(suite):
    """Customers, an order, a link, visits and a job in each service that has work, and every method with its params."""
    return House(suite)


class House:
    def __init__(self, suite):
        self.suite = suite
        self.clients = {}
        self.made = {}
        self.asked = 0
        self.ada, self.grace = self.customer("ada"), self.customer("grace")
        self.data = {"customer": self.ada, "a": self.ada, "b": self.customer("lovelace"), "link": self.removed_link()}
        # Service → method → its access and example, as the service itself tells them.
        self.methods = {service: self.contract(service) for service in SERVICES}
        channels = self.methods["channel-integration"]
        for name in ("products.import", "orders.import"):
            self.call("channel-integration", name, channels[name]["params"])
        self.call("acquisition", "events.collect", {"batch": [
            {"type": "page", "messageId": "visit-1", "anonymousId": "visitor-1"}]})
        self.jobs = {
            "retention": self.call("retention", "clv.fit", self.methods["retention"]["clv.fit"]["params"])["job"],
            "expansion": self.call("expansion", "recommendations.train", {"signals": "orders"})["job"],
            "channel-integration": self.call("channel-integration", "identities.train")["job"],
        }
        for service, job in self.jobs.items():
            eventually(lambda: self.call(service, "jobs.get", {"job": job})["state"] in ("succeeded", "failed"))
        scopes = {method["access"].get("scope") for methods in self.methods.values() for method in methods.values()}
        self.scopes = sorted(scopes - {None})

    def customer(self, name):
        upserted = self.call("channel-integration", "profiles.upsert", {"source": "shop", "externalId": name})
        return upserted["customer"]

    def removed_link(self):
        other = self.customer("byron")
        self.call("channel-integration", "identities.link", {"a": self.ada, "b": other, "reason": "seen together"})
        links = self.call("channel-integration", "identities.links", {"customer": self.ada})["items"]
        return links[0]["link"]

    def contract(self, service):
        methods = {}
        for method in self.call(service, "rpc.discover")["methods"]:
            params = {param["name"]: param["value"] for param in method["examples"][0]["params"]}
            methods[method["name"]] = {
                "access": method["x-access"],
                "params": {name: self.data.get(name, value) for name, value in params.items()}}
        return methods

    def params(self, service, name):
        params = dict(self.methods[service][name]["params"])
        if "job" in params:
            params["job"] = self.jobs.get(service, NOBODY)
        return params

    def client(self, service, token):
        if (service, token) not in self.clients:
            self.clients[service, token] = self.suite.client(service, token)
        return self.clients[service, token]

    def call(self, service, method, params=None):
        return self.client(service, self.suite.staff).call(method, params)

    def answer(self, service, method, params, token):
        """The status and the error of a call; no error when it was answered."""
        client = self.client(service, token)
        # As the edge would ask for somebody else each time: what is limited by address is not the matter here.
        self.asked += 1
        caller = f"198.51.{self.asked >> 8 & 255}.{self.asked & 255}"
        body = json.loads(client.post(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode(),
            headers={"X-Forwarded-For": caller}))
        return client.status, body.get("error")

    def code(self, service, method, token, params=None):
        params = self.params(service, method) if params is None else params
        return (self.answer(service, method, params, token)[1] or {}).get("code")

    def usual(self, access):
        """The token of somebody whom a method is for: the staff's, or a customer's where it is for customers alone."""
        return self.token("customer", "--customer", self.ada) if access["roles"] == ["customer"] else self.suite.staff

    def token(self, role, *options):
        if (role, options) not in self.made:
            self.made[role, options] = self.suite.token(role, *options)
        return self.made[role, options]

    def every_method(self):
        return [(service, name, method["access"])
                for service, methods in self.methods.items() for name, method in methods.items()]


def test_every_method_admits_exactly_whom_the_contract_admits(house, figure):
    everything = " ".join(house.scopes)
    counted = 0
    for service, name, access in house.every_method():
        scope, roles = access.get("scope"), access["roles"]
        others = " ".join(other for other in house.scopes if other != scope) or "none:read"
        # The first call may change something; the next ones find it changed.
        held(house, service, name, house.usual(access))
        usual = held(house, service, name, house.usual(access))
        assert usual not in (UNAUTHENTICATED, FORBIDDEN, INVALID_PARAMS, -32603, -32601), (service, name, usual)

        callers = {
            "staff": (house.suite.staff, "staff"),
            "staff with the scope": (house.token("staff", "--scope", everything), "staff"),
            "partner": (house.token("partner", "--scope", everything), "partner"),
            "service": (house.token("service", "--scope", everything), "service"),
            "customer": (house.token("customer", "--customer", house.ada), "customer"),
            "customer with scopes": (
                house.token("customer", "--customer", house.ada, "--scope", everything), "customer"),
            "site": (house.suite.site, "site"),
            "site with scopes": (house.token("site", "--scope", everything), "site"),
        }
        for caller, (token, role) in callers.items():
            expected = usual if scope is None or role in roles else FORBIDDEN
            assert held(house, service, name, token) == expected, (service, name, caller)
            counted += 1
        for role in ("staff", "partner", "service"):
            expected = usual if scope is None else FORBIDDEN
            assert held(house, service, name, house.token(role, "--scope", others)) == expected, (service, name, role)
            counted += 1
        for role in ("partner", "service"):
            expected = usual if scope is None else FORBIDDEN
            assert held(house, service, name, house.token(role)) == expected, (service, name, role)
            counted += 1
        status, error = house.answer(service, name, house.params(service, name), "")
        if status == 429:
            time.sleep(1)
            status, error = house.answer(service, name, house.params(service, name), "")
        assert (status, (error or {}).get("code")) == ((200, usual) if scope is None else (401, UNAUTHENTICATED)), name
        counted += 1
    methods = len(house.every_method())
    assert methods >= 40
    figure(f"{methods} methods, {counted} pairs of method and caller, each with the code that the contract tells")


def held(house, service, name, token):
    """The code, asked again when the caller's rate was used up."""
    while (code := house.code(service, name, token)) == -32005:
        time.sleep(0.5)
    return code


def test_another_customer_is_not_there(house, figure):
    token = house.token("customer", "--customer", house.ada)
    seconds = {"another's": [], "nobody's": []}
    about = [(service, name) for service, name, access in house.every_method()
             if "customer" in access["roles"] and "customer" in house.methods[service][name]["params"]]
    assert len(about) >= 5
    for service, name in about:
        answers = set()
        for whose, customer in (("another's", house.grace), ("nobody's", NOBODY)):
            for _ in range(5):
                params = house.params(service, name) | {"customer": customer}
                start = time.monotonic()
                status, error = house.answer(service, name, params, token)
                while error["code"] == -32005:
                    time.sleep(0.5)
                    start = time.monotonic()
                    status, error = house.answer(service, name, params, token)
                seconds[whose].append(time.monotonic() - start)
                answers.add((status, json.dumps(error).replace(error["data"]["requestID"], "")))
        # Byte for byte, apart from the id of the request.
        (status, text), = answers
        assert status == 200
        assert json.loads(text)["code"] == NOT_FOUND
    another, nobody = (statistics.median(values) * 1000 for values in seconds.values())
    figure(f"{len(about)} methods: another customer's id and nobody's answered alike, in {another:.1f} and "
           f"{nobody:.1f} ms")


def test_a_customer_is_seen_by_the_ids_of_all_its_profiles_and_by_no_other(house):
    """Also a token that names a profile which was linked to others sees the customer they are."""
    second = house.customer("ada-again")
    house.call("channel-integration", "identities.link", {"a": house.ada, "b": second, "reason": "the same person"})
    # A subject of its own has calls of its own.
    token = house.token("customer", "--customer", house.ada, "--subject", "ada")
    client = house.client("channel-integration", token)
    assert client.call("customers.get", {"customer": second})["customer"] == client.call(
        "customers.get", {"customer": house.ada})["customer"]
    with pytest.raises(RPCError) as refused:
        client.call("customers.get", {"customer": house.grace})
    assert refused.value.code == NOT_FOUND


def test_members_that_no_method_has_are_named_and_refused(house):
    smuggled = {"role": "staff", "scope": "all", "customerId": house.grace, "createdAt": "2020-01-01T00:00:00Z",
                "__proto__": {"isAdmin": True}, "a/b~c": 1}
    pointers = {"/params/" + re.sub("/", "~1", re.sub("~", "~0", name)) for name in smuggled}
    for service, name, access in house.every_method():
        params = house.params(service, name) | smuggled
        while (answer := house.answer(service, name, params, house.usual(access)))[1]["code"] == -32005:
            time.sleep(0.5)
        status, error = answer
        assert (status, error["code"]) == (200, INVALID_PARAMS), name
        assert {fault["path"] for fault in error["data"]["errors"] if fault["rule"] == "unknown"} == pointers, name


def test_members_that_no_part_of_a_call_has_are_refused_where_they_are(house):
    email = {"kind": "email", "value": f"{new_key()}@example.com"}
    upsert = {"source": "shop", "externalId": "mass"}
    cases = [
        ("profiles.upsert", upsert | {"identifiers": [email | {"isPrimary": True}]}, "/params/identifiers/0/isPrimary"),
        ("profiles.upsert", upsert | {"profile": house.grace}, "/params/profile"),
        ("profiles.upsert", upsert | {"customer": house.grace}, "/params/customer"),
        ("consents.record", house.params("channel-integration", "consents.record") | {"recordedAt": "2020-01-01"},
         "/params/recordedAt"),
        ("profiles.upsert", upsert | {"_meta": {"actor": "staff"}}, "/params/_meta/actor"),
    ]
    for method, params, path in cases:
        _, error = house.answer("channel-integration", method, params, house.suite.staff)
        assert error["code"] == INVALID_PARAMS, path
        assert [fault["path"] for fault in error["data"]["errors"]] == [path]
    # A row of an import has a fate of its own.
    rows = [{"sku": "MASS-1", "name": "a", "createdAt": "2020-01-01T00:00:00Z"}, {"sku": "MASS-2", "name": "b"}]
    report = house.call("channel-integration", "products.import", {"rows": rows})
    assert (report["accepted"], [row["index"] for row in report["rejected"]]) == (1, [0])
    assert "createdAt" in report["rejected"][0]["message"]


def test_methods_that_no_contract_tells_of_are_not_there(house):
    """Nothing is callable but what `rpc.discover` lists: what other services have is not, nor what may be guessed."""
    names = {name for _, name, _ in house.every_method()}
    guessed = ["rpc.describe", "system.listMethods", "admin.reset", "privacy.forget", "tokens.create", "Customers.get",
               "customers.get ", "customers.get\u200b", "customers..get", "customers", ""]
    for service in SERVICES:
        for name in sorted(names - set(house.methods[service])) + guessed:
            assert house.code(service, name, house.suite.staff, {}) == -32601, (service, name)
