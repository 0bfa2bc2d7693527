"""Calls that start a job."""

import time


def finished(client, method, params):
    """The job that the call has started, once it has succeeded."""
    job = client.call(method, params)["job"]
    while (found := client.call("jobs.get", {"job": job}))["state"] in ("queued", "running"):
        time.sleep(0.02)
    if found["state"] != "succeeded":
        raise RuntimeError(f"{method} ended as {found}")
    return found
