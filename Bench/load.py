"""Load on one address by wrk."""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass
class Load:
    """What wrk saw."""

    rate: float
    p99: float


UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def load(url, script, connections, seconds):
    """Requests a second and the 99th percentile in milliseconds; any answer but 200 is a fault of the run."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", file.name, url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, env=os.environ)
    text = done.stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", text)
    if refused:
        raise RuntimeError(f"{url}: {refused.group(0)}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return Load(rate, float(value) * UNITS[unit])


def script(token, body, headers=""):
    """A wrk script that posts what the Lua expression `body` gives; `n` counts the requests of a thread, `thread` is
    the thread's number."""
    return f"""
local numbers = 0
function setup(thread)
  numbers = numbers + 1
  thread:set("thread", numbers)
end
local n = 0
local headers = {{["Content-Type"] = "application/json", ["Authorization"] = {json.dumps("Bearer " + token)}}}
function request()
  n = n + 1
  {headers}
  return wrk.format("POST", "/rpc", headers, {body})
end
"""
