#!/usr/bin/env bash
# lint.sh [BASE|all]: clang-tidy on the C++ files that differ from BASE (or on all), shellcheck on
# the scripts.
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
# clang can't read g++'s precompiled header: it gets the header itself.
mkdir -p build/lint
sed "s#-include [^ ]*/cmake_pch.hxx#-include $ROOT/cmake/pch.hpp#; s/-fpch-preprocess//; s/-Winvalid-pch//g" \
  build/dev/compile_commands.json >build/lint/compile_commands.json
# only what the dev preset compiles
files=$(for f in $files; do if grep -qF "\"$ROOT/$f\"" build/lint/compile_commands.json; then echo "$f"; fi; done)
if [ -n "$files" ]; then
  say "clang-tidy: $(wc -w <<<"$files") files"
  xargs -n 1 -P "$(nproc)" clang-tidy -p build/lint --quiet <<<"$files"
fi
say "clang-tidy: clean"
