#!/usr/bin/env bash
# Builds the command-line tool and runs the shipped scenarios. Enough on a bare Debian 12.
#   ./experiments/run.sh            results in build/experiments/
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  "") ;;
  -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
  *) echo "experiments/run.sh: unknown argument $1; try --help" >&2; exit 2 ;;
esac
. tests/support/packages.sh
need_packages "${TOOL_PACKAGES[@]}"

echo "Building tickwire ..." >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake --preset release -DTICKWIRE_TESTS=OFF -DTICKWIRE_BENCHMARKS=OFF &&
       cmake --build --preset release --target tickwire; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "experiments/run.sh: the build failed; the last lines above say why" >&2
  exit 1
fi

tool=build/release/bin/tickwire
out=build/experiments
failed=0 count=0
for scenario in $("$tool" list --names); do
  count=$((count + 1))
  mkdir -p "$(dirname "$out/$scenario")"
  summary=$out/$scenario.summary.txt
  if "$tool" run "$scenario" --out "$out/$scenario" 2>"$summary"; then
    printf '  held    %s\n' "$scenario"
  else
    printf '  FAILED  %s (see %s)\n' "$scenario" "$summary"
    failed=$((failed + 1))
  fi
  [ -e "$out/$scenario/trace" ] || continue
  "$tool" ladder "$out/$scenario" --format=svg -o "$out/$scenario/ladder.svg" 2>/dev/null
done

echo "Running the study sip_transport in its quick form ..." >&2
if "$tool" study sip_transport --quick --out "$out/studies/sip_transport" \
    >"$out/studies-sip_transport.txt"; then
  printf '  done    studies/sip_transport\n'
else
  printf '  FAILED  studies/sip_transport\n'
  failed=$((failed + 1))
fi

echo
"$tool" ladder "$out/sip/lossy_call" --until 7s 2>/dev/null
cat <<EOF

$count scenarios ran, $failed failed. Above: a call that survives a link which loses every tenth packet.

Where to look:
  $out/sip/lossy_call/ladder.svg        the same as a picture; every scenario has one
  $out/sip/lossy_call/capture.pcapng    for Wireshark
  $out/sip/lossy_call/messages.csv      and timers.csv, samples.csv: the same as tables
  $out/studies/sip_transport/   figures and tables: which transport should carry SIP?
  $tool list                    what else there is
  $tool run sip/lossy_call --seed 3 --ladder    another seed
EOF
[ "$failed" -eq 0 ]
