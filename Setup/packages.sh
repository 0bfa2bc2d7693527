#!/usr/bin/env bash
# Installs what the suite is built and run with, where that is possible: Debian's packages by apt, as root or by sudo.
# Does nothing when everything is there. Arguments: further packages, for what only some use.
set -euo pipefail

packages=(
  libpq-dev libssl-dev zlib1g-dev pkg-config postgresql postgresql-contrib python3 python3-pip python3-venv nodejs
  node-typescript nginx-light haproxy libjs-chart.js chromium libfaketime wrk curl git
  "$@"
)

fail() {
  echo "setup: $1" >&2
  exit 1
}

command -v swift >/dev/null || fail "Swift 6.2 or newer is needed: install it from swift.org and run this again."

has() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    case $package in
      # Python may well have come in another way.
      python3) command -v python3 >/dev/null || missing+=("$package") ;;
      python3-pip) python3 -m pip --version >/dev/null 2>&1 || missing+=("$package") ;;
      python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=("$package") ;;
      nodejs) [[ $(node --version 2>/dev/null) =~ ^v([0-9]+) && ${BASH_REMATCH[1]} -ge 18 ]] || missing+=("$package") ;;
      # Any nginx will do that has what Debian's lightest has.
      nginx-light) command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=("$package") ;;
      # Any of its kind will do, for the tests of the console.
      chromium) command -v chromium chromium-browser google-chrome >/dev/null || missing+=("$package") ;;
      node-typescript) command -v tsc >/dev/null || missing+=("$package") ;;
      golang-go) command -v go >/dev/null || missing+=("$package") ;;
      haproxy) command -v haproxy >/dev/null || [[ -x /usr/sbin/haproxy ]] || missing+=("$package") ;;
      git | curl) command -v "$package" >/dev/null || missing+=("$package") ;;
      pkg-config) command -v pkg-config >/dev/null || missing+=("$package") ;;
      # Debian's postgresql-15 and later carry the extensions themselves.
      postgresql-contrib) compgen -G '/usr/share/postgresql/*/extension/pg_trgm.control' >/dev/null || missing+=("$package") ;;
      postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=("$package") ;;
      *) has "$package" || missing+=("$package") ;;
    esac
  done
else
  pkg-config --exists libpq 2>/dev/null ||
    fail "these are needed and cannot be installed here: ${packages[*]} (Debian's names); install them and run this again."
fi
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi

if [[ $(id -u) -eq 0 ]]; then
  as=()
elif sudo -n true 2>/dev/null; then
  as=(sudo -n)
else
  fail "these packages are missing and only root may install them: run 'apt-get install ${missing[*]}' as root and try again."
fi
command -v apt-get >/dev/null ||
  fail "these packages are missing and there is no apt to install them: ${missing[*]}; install them and try again."

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as[@]}" apt-get update -qq || fail "apt-get update failed: check the connection to Debian's packages and try again."
# The suite starts an nginx of its own, its tests a haproxy; those that Debian would start for them are not wanted.
if [[ " ${missing[*]} " =~ " "(nginx-light|haproxy)" " && ! -e /usr/sbin/policy-rc.d ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${as[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${as[@]}" chmod 755 /usr/sbin/policy-rc.d
  trap '"${as[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
# The suite makes a cluster of its own; the one that Debian would start for it is not wanted.
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
  "${as[@]}" apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null ||
    fail "postgresql-common could not be installed: see the lines above."
  "${as[@]}" sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
fi
"${as[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
  fail "these packages could not be installed: ${missing[*]}; see the lines above."
