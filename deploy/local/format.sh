#!/usr/bin/env bash
# format.sh [check]: clang-format on all C++ files that git knows; check only looks, and fails when
# a file would change.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
command -v clang-format >/dev/null || "$LOCAL/setup.sh"
cd "$ROOT"
mode=(-i)
[ "${1:-}" != check ] || mode=(--dry-run --Werror)
git ls-files -z '*.cpp' '*.hpp' '*.ipp' | xargs -0 -r -n 40 -P "$(nproc)" clang-format "${mode[@]}"
