#!/usr/bin/env bash
# lint.sh [BASE|all]: clang-tidy on the C++ files that differ from BASE (or on all), shellcheck on the scripts.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
base=${1:-HEAD~1}
"$LOCAL/setup.sh"
cd "$ROOT"
git ls-files '*.sh' .ci/run .githooks/pre-commit | xargs shellcheck -x -P "$ROOT"
say "shellcheck: clean"

[ -f build/dev/compile_commands.json ] || "$LOCAL/build.sh" dev
if [ "$base" = all ]; then
  files=$(git ls-files '*.cpp')
else
  files=$({ git diff --name-only --diff-filter=d "$base" -- '*.cpp'; git ls-files -o --exclude-standard -- '*.cpp'; } | sort -u)
fi
# only what the dev preset compiles
files=$(for f in $files; do if grep -qF "\"$ROOT/$f\"" build/dev/compile_commands.json; then echo "$f"; fi; done)
if [ -n "$files" ]; then
  say "clang-tidy: $(wc -w <<<"$files") files"
  # (clang does not know some of g++'s flags, and its precompiled header is another)
  xargs -n 1 -P "$(nproc)" clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-ignored-optimization-argument --extra-arg=-Wno-unused-command-line-argument <<<"$files"
fi
say "clang-tidy: clean"
