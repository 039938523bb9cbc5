#!/usr/bin/env bash
# Rewrites golden_digests.txt from the release build and shows what changed. A changed digest needs
# its reason in the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
tool=build/release/bin/tickwire
for scenario in $("$tool" list --names); do
  printf '%s %s\n' "$scenario" "$("$tool" run "$scenario" --json --no-trace 2>/dev/null | jq -r .digest)"
done >tests/determinism/golden_digests.txt
git --no-pager diff --stat -- tests/determinism/golden_digests.txt
