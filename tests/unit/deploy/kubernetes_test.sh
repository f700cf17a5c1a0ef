#!/usr/bin/env bash
# kubernetes_test.sh: the manifests, where what checks them is there (make test-kubernetes brings it).
set -euo pipefail
{ command -v kubectl || command -v kustomize; } >/dev/null || exit 77
[ -x .deps/kubernetes/bin/python ] || exit 77
exec deploy/kubernetes/check.sh
