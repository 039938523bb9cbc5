#!/usr/bin/env bash
# Builds everything and runs all tests. Enough on a bare Debian 12.
#   ./tests/run.sh           the short form of everything
#   ./tests/run.sh --full    also the long soaks, fuzzing, the compiler matrix and the comparison
#                            with ns-3
set -euo pipefail
cd "$(dirname "$0")/.."
full=0
case "${1:-}" in
  "") ;;
  --full) full=1 ;;
  -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
  *) echo "tests/run.sh: unknown argument $1; try --help" >&2; exit 2 ;;
esac
. tests/support/packages.sh
need_packages "${TOOL_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
[ "$full" -eq 1 ] && need_packages clang libclang-rt-14-dev libns3-dev

cmake --preset release -DTICKWIRE_TESTS=ON -DTICKWIRE_BENCHMARKS=ON >/dev/null
cmake --build --preset release
ctest --test-dir build/release --output-on-failure --parallel "$(nproc)" --no-tests=error
if [ "$full" -eq 1 ]; then
  bash tests/full.sh
fi
