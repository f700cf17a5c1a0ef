#!/usr/bin/env bash
# check.sh: every overlay builds, and what it builds to passes check.py. Wants kubectl or kustomize; brings
# the schemas into .deps/kubernetes.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../local/lib.sh"
PORT_BASE=0
read_services
if command -v kustomize >/dev/null; then
  build=(kustomize build)
elif command -v kubectl >/dev/null; then
  build=(kubectl kustomize)
else
  die "neither kubectl nor kustomize is installed"
fi
python_environment kubernetes "$ROOT/deploy/kubernetes/requirements.txt"
for overlay in "$ROOT"/deploy/kubernetes/overlays/*/; do
  "${build[@]}" "$overlay" | "$DEPS/kubernetes/bin/python" "$ROOT/deploy/kubernetes/check.py" "${SERVICES[@]}" ||
    die "overlay $(basename "$overlay") is not right"
done
