"""Facts beside the demonstration's data: one customer over two channels with consents, and products that go together."""

SHOP = "shop"
EMAIL = "ada.lovelace@example.com"
#: The customer with a name, an address, an account, consents and orders.
NAME = "Ada Lovelace"
#: What many bought together.
PAIRS = [("TEA-100", "MILK-1"), ("TEA-100", "SUGAR-1"), ("COFFEE-250", "MILK-1")]


def furnish(suite):
    identifier = {"kind": "email", "value": EMAIL, "verified": True}
    suite.call("channel-integration", "profiles.upsert", {
        "source": "newsletter", "externalId": "n-1", "identifiers": [identifier],
        "traits": {"givenName": "Augusta Ada"}})
    customer = suite.call("channel-integration", "profiles.upsert", {
        "source": SHOP, "externalId": "ada", "identifiers": [identifier],
        "traits": {"givenName": "Ada", "familyName": "Lovelace", "city": "London"}})["customer"]
    # She does not want to be judged by her calls; by all else she may be, or the pages would have nothing to show.
    for purpose, state, channel in [("marketing", "granted", {}), ("profiling", "withdrawn", {"channel": "phone"})]:
        suite.call("channel-integration", "consents.record", {
            "customer": customer, "purpose": purpose, "state": state, "basis": "consent"} | channel)
    suite.call("channel-integration", "orders.import", {"source": SHOP, "rows": orders()})
    suite.call("retention", "loyalty.earn", {"customer": customer, "points": 1250, "reference": "order A-1"})
    training = suite.call("expansion", "recommendations.train", {"signals": "orders"})
    wait(suite, "expansion", training["job"])


def orders():
    """Thirty customers who bought pairs, and Ada, who bought tea alone."""
    rows = [{
        "externalId": f"pair-{number}", "customer": {"source": SHOP, "externalId": f"buyer-{number}"},
        "orderedAt": f"1998-06-{1 + number % 28:02}T09:00:00Z", "currency": "USD",
        "lines": [{"sku": sku, "quantity": 1, "unitPrice": "4.90"} for sku in PAIRS[number % len(PAIRS)]],
    } for number in range(30)]
    lines = [{"sku": "TEA-100", "quantity": quantity, "unitPrice": "7.90"} for quantity in (1, 2, 3)]
    rows.append({
        "externalId": "A-1", "customer": {"source": SHOP, "externalId": "ada"},
        "orderedAt": "1998-06-20T09:00:00Z", "currency": "USD", "lines": lines})
    return rows


def wait(suite, service, job):
    from support.suite import eventually

    def ended():
        state = suite.call(service, "jobs.get", {"job": job})["state"]
        assert state in ("queued", "running", "succeeded"), state
        return state == "succeeded"

    eventually(ended)


def customer(suite, text=EMAIL):
    """The customer that a search finds first."""
    found = suite.call("channel-integration", "customers.search", {"text": text, "limit": 1})
    return found["items"][0]["customer"]


def pages(suite):
    """Every page of the console: its name, its address, and its heading in English and German."""
    ada = customer(suite)
    return [
        ("chain", "#/", "Value chain", "Wertkette"),
        ("customers", "#/customers?q=michaela+neuman", "Customers", "Kunden"),
        ("customer", f"#/customers/{ada}", NAME, NAME),
        ("acquisition", f"#/acquisition?customer={customer(suite, 'user_0002')}", "Acquisition", "Gewinnung"),
        ("retention", "#/retention", "Retention", "Bindung"),
        ("expansion", f"#/expansion/{ada}", "Expansion", "Ausbau"),
        ("performance", "#/performance", "Performance", "Leistung"),
        ("developers", "#/developers", "Developers", "Entwickler"),
        ("method", "#/developers/orders.import", "orders.import", "orders.import"),
        ("missing", "#/nowhere", "There is no such page", "Diese Seite gibt es nicht"),
    ]
