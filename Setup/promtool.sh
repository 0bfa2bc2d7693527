#!/usr/bin/env bash
# Prints where promtool is, Prometheus's own checker of metrics and rules, for the tests. Where it is not installed it is
# taken out of Debian's package, which is not installed itself: that would start a server.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if command -v promtool; then exit 0; fi
tool=$root/.build/promtool
if [[ ! -x $tool ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  if ! apt-get download -qq prometheus >/dev/null 2>&1; then
    if [[ $(id -u) -eq 0 ]]; then as=(); else as=(sudo -n); fi
    { "${as[@]}" apt-get update -qq && apt-get download -qq prometheus; } >/dev/null 2>&1 || {
      echo "promtool: Debian's package prometheus could not be fetched: put promtool on PATH and try again." >&2
      exit 1
    }
  fi
  dpkg-deb -x prometheus_*.deb .
  install -D usr/bin/promtool "$tool.$$"
  mv "$tool.$$" "$tool"
fi
echo "$tool"
