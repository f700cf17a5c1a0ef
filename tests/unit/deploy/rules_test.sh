#!/usr/bin/env bash
# rules_test.sh: Prometheus takes the configurations, and each alert fires on its fault and only then.
set -euo pipefail
command -v promtool >/dev/null || exit 77
cd deploy/prometheus
promtool check rules rules/*.yml
promtool test rules tests/*.yml
for config in *.yml; do promtool check config --syntax-only "$config"; done
