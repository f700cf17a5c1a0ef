#!/usr/bin/env bash
# dashboards_test.sh: the dashboards are what dashboards.py gives, and Grafana and Prometheus could read them.
set -euo pipefail
command -v promtool >/dev/null || exit 77
exec python3 deploy/grafana/check.py
