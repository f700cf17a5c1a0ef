#!/usr/bin/env bash
# collect.sh BUILD OUT: what goes into the image, from a build in folder BUILD: programs, contracts
# and the list of Debian packages that they need when they run.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../local/lib.sh"
build=${1:?which build folder?} out=${2:?into which folder?}
PORT_BASE=0
read_services
rm -rf "$out"
mkdir -p "$out/bin" "$out/contracts"
install -s -m 755 "$build/tools/waybill/waybill" "$out/bin/"
for name in "${SERVICES[@]}"; do install -s -m 755 "$build/services/$name/waybill-$name" "$out/bin/"; done
for file in "$ROOT"/services/*/api.yaml; do
  install -D -m 644 "$file" "$out/contracts/$(basename "$(dirname "$file")")/api.yaml"
done
cp -r "$ROOT/services/gateway/console/page" "$out/console"
[ ! -d "$DEPS/swagger-ui" ] || cp -r "$DEPS/swagger-ui" "$out/"

# The packages of the shared libraries. dpkg knows some of them by the path without /usr: it is asked for
# both, and must know as many as there are.
packages_of() {
  local libraries known library
  libraries=$(ldd "$@" | awk '$2 == "=>" { print $3 }' | sort -u)
  # shellcheck disable=SC2086
  known=$({ dpkg -S $libraries ${libraries//\/lib\//\/usr\/lib\/} || true; } 2>/dev/null)
  for library in $libraries; do
    grep -q "/${library##*/}\$" <<<"$known" || die "no package has $library"
  done
  cut -d: -f1 <<<"$known" | sort -u
}
packages_of "$out"/bin/* >"$out/packages.tmp"
{ cat "$out/packages.tmp"; sed 's/#.*//' "$ROOT/deploy/docker/runtime-packages.txt" | xargs -n1; } | sort -u >"$out/packages.txt"
rm "$out/packages.tmp"
chmod -R a+rX "$out"
