#!/usr/bin/env bash
# Makes the certificates of the TLS tests anew, into this folder: `bash make.sh`. Needs OpenSSL 3.
# Valid from 2020 to 2120, but for `expired` (until February 2020) and `early` (from 2100).
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index.txt"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nnew_certs_dir=%s\nrand_serial=yes\nunique_subject=no\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=n\n[n]\n[authority]\nbasicConstraints=critical,CA:true\n' "$work" "$work" > "$work/ca.cnf"

# certificate <file> <host> <from> <until> <further options of openssl ca>
certificate() {
  local file=$1 host=$2 from=$3 until=$4
  shift 4
  printf '[host]\nsubjectAltName=DNS:%s\n' "$host" | cat "$work/ca.cnf" - > "$work/$file.cnf"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$file.key" -subj "/CN=$host" -config "$work/ca.cnf" -out "$work/$file.csr"
  openssl ca -batch -notext -config "$work/$file.cnf" -in "$work/$file.csr" -out "$file.pem" -startdate "$from" -enddate "$until" "$@"
}

certificate authority "Holdfast test authority" 20200101000000Z 21200101000000Z -selfsign -keyfile authority.key -extensions authority
by_authority=(-cert authority.pem -keyfile authority.key -extensions host)
certificate valid localhost 20200101000000Z 21200101000000Z "${by_authority[@]}"
certificate expired localhost 20200101000000Z 20200201000000Z "${by_authority[@]}"
certificate early localhost 21000101000000Z 21200101000000Z "${by_authority[@]}"
certificate elsewhere elsewhere.example 20200101000000Z 21200101000000Z "${by_authority[@]}"
certificate self-signed localhost 20200101000000Z 21200101000000Z -selfsign -keyfile self-signed.key -extensions host
rm authority.key
