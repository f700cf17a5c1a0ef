#!/usr/bin/env bash
# compose_test.sh: docker-compose.yml parses, with and without the profile, and with what .env.example lists.
set -euo pipefail
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
else
  exit 77
fi
settings=$(mktemp) nothing=$(mktemp)
trap 'rm -f "$settings" "$nothing"' EXIT
sed -n 's/^#\(WAYBILL_[A-Z_]*=\)/\1/p' .env.example >"$settings"
"${compose[@]}" --env-file "$nothing" config -q
"${compose[@]}" --env-file "$settings" --profile tools config -q
# What may be set stands in .env.example with the default that it has.
for name in $(grep -ohE '\$\{WAYBILL_[A-Z_]+' docker-compose.yml | tr -d '${' | sort -u); do
  default=$(grep -ohE "\\\$\{$name:-[^}]*" docker-compose.yml | head -n1 | sed 's/.*:-//')
  grep -qxF "#$name=$default" .env.example || { echo ".env.example lacks #$name=$default"; exit 1; }
done
