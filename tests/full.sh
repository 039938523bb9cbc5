#!/usr/bin/env bash
# The long forms of the tests, after `./tests/run.sh` has built and run the short ones (it calls this
# with --full). About half an hour on 2 cores. Goes on after a failure; figures come at the end.
#
#   tests/full.sh [PART ...]    all parts, or some of: soak package matrix fuzz tsan bench
#   FUZZ_SECONDS=120            for each fuzz entry
#   SOAK_SEEDS=20000            for each rate of loss; three times as many random networks
#   TCP_SEEDS=10000             random TCP networks
#   TRANSPORT_SEEDS=20000       random SIP networks over all transports
set -uo pipefail
cd "$(dirname "$0")/.."
fuzz_seconds=${FUZZ_SECONDS:-120}
soak_seeds=${SOAK_SEEDS:-20000}
tcp_seeds=${TCP_SEEDS:-10000}
transport_seeds=${TRANSPORT_SEEDS:-20000}
sctp_seeds=${SCTP_SEEDS:-10000}
out=build/full
mkdir -p "$out"
figures=$out/figures.txt
: >"$figures"
failures=0
SECONDS=0

say() { printf '[%3d min] %s\n' $((SECONDS / 60)) "$*" >&2; }
figure() { printf '%-28s %s\n' "$1" "$2" | tee -a "$figures" >&2; }
failed() {
  failures=$((failures + 1))
  figure "$1" "FAILED: $2"
}
# Runs a command with its output in a log; says where the log is if it fails.
#   logged NAME SECONDS COMMAND...
logged() {
  local name=$1 limit=$2
  shift 2
  timeout "$limit" "$@" >"$out/$name.log" 2>&1 && return 0
  failed "$name" "status $?, see $out/$name.log"
  tail -n 15 "$out/$name.log" >&2
  return 1
}

soak() {
  say "soak: sip/lossy_call, $soak_seeds seeds at each of three rates of loss"
  logged soak 600 env TICKWIRE_SOAK_SEEDS="$soak_seeds" build/release/bin/determinism_test \
    --gtest_filter='*Soak*' || return
  while read -r line; do figure soak "$line"; done < <(grep ' % loss, ' "$out/soak.log")
  say "soak: $((3 * soak_seeds)) random SIP networks"
  logged networks 900 env TICKWIRE_PROPERTY_SEEDS=$((3 * soak_seeds)) \
    build/release/bin/sip_conformance_test || return
  figure networks "$(grep ' messages$' "$out/networks.log")"
  say "soak: $transport_seeds random SIP networks over all transports"
  logged transport-networks 900 env TICKWIRE_TRANSPORT_SEEDS="$transport_seeds" \
    build/release/bin/sip_transport_conformance_test || return
  figure transport-networks "$(grep ' refused, ' "$out/transport-networks.log")"
  say "soak: $tcp_seeds random TCP networks"
  logged tcp-networks 900 env TICKWIRE_TCP_SEEDS="$tcp_seeds" build/release/bin/tcp_soak_test || return
  figure tcp-networks "$(grep ' loss probes$' "$out/tcp-networks.log")"
  say "soak: $sctp_seeds random SCTP associations"
  logged sctp-stories 900 env TICKWIRE_SCTP_SEEDS="$sctp_seeds" build/release/bin/sctp_soak_test ||
    return
  figure sctp-stories "$(grep ' given up$' "$out/sctp-stories.log")"
  say "SCTP against usrsctp: 200 seeds, 20 MB each way"
  logged usrsctp 900 env TICKWIRE_USRSCTP_BYTES=20000000 build/release/bin/usrsctp_test || return
  figure usrsctp "$(grep 'OK.*TwoHundredSeeds' "$out/usrsctp.log")"
  logged usrsctp-throughput 300 build/release/bin/usrsctp_throughput_test || return
  grep ' MB/s, usrsctp ' "$out/usrsctp-throughput.log" | tee -a "$figures" >&2
}

# The .deb, unpacked, runs what it brings along.
package() {
  say "package: .deb"
  local root=$PWD/$out/package
  rm -rf "$root"
  logged cpack 300 cpack --config build/release/CPackConfig.cmake -B "$root" || return
  logged unpack 60 dpkg-deb -x "$root"/tickwire_*.deb "$root/unpacked" || return
  logged package 60 env -u TICKWIRE_SCENARIOS "$root/unpacked/usr/bin/tickwire" doctor || return
  grep -q "unpacked/usr/share/tickwire/scenarios" "$out/package.log" ||
    failed package "the unpacked program does not use the unpacked scenarios"
  figure package "$(basename "$root"/tickwire_*.deb), $(stat -c %s "$root"/tickwire_*.deb) bytes"
}

# matrix_build NAME COMPILER FLAGS: the tool alone, in build/NAME.
matrix_build() {
  local name=$1
  say "compiler matrix: building $name"
  logged "$name-configure" 120 cmake -G Ninja -S . -B "build/$name" -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS="$3" -DTICKWIRE_TESTS=OFF || return 1
  logged "$name-build" 900 cmake --build "build/$name" --target tickwire
}

# Compares the digest of every shipped scenario with the golden one.
matrix_compare() {
  local name=$1 same=0 all=0 scenario golden found
  while read -r scenario golden; do
    all=$((all + 1))
    found=$("build/$name/bin/tickwire" run "$scenario" --json --no-trace 2>/dev/null | jq -r .digest)
    if [ "$found" = "$golden" ]; then
      same=$((same + 1))
    else
      failed "matrix $name" "$scenario has digest $found, not $golden"
    fi
  done <tests/determinism/golden_digests.txt
  figure "matrix $name" "$same of $all digests are the golden ones"
}

matrix() {
  matrix_compare release  # g++ -O2
  matrix_build gcc-O0 g++ -O0 && matrix_compare gcc-O0
  matrix_build clang-O2 clang++ -O2 && matrix_compare clang-O2
}

# Where a fuzz entry begins: folders of inputs.
seeds_of() {
  case "$1" in
    sip_message_fuzz) echo tests/fuzz/corpus/sip ;;
    scenario_fuzz) echo tests/fuzz/scenario_corpus experiments/scenarios/* topologies/paper ;;
    *) echo tests/fuzz/corpus/"${1%%_*}" ;;
  esac
}

fuzz() {
  say "fuzzing: building with clang, AddressSanitizer and UndefinedBehaviorSanitizer"
  logged fuzz-configure 120 cmake -G Ninja -S . -B build/fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_COMPILER=clang++ -DTICKWIRE_SANITIZE=address,undefined,fuzzer-no-link \
    -DTICKWIRE_DCHECKS=ON -DTICKWIRE_BENCHMARKS=OFF || return
  logged fuzz-build 1200 cmake --build build/fuzz --target fuzzers || return
  local entry name
  for entry in tests/fuzz/*_fuzz.cc; do
    name=$(basename "$entry" .cc)
    say "fuzzing: $name for $fuzz_seconds s on $(nproc) cores"
    fuzz_one "$name"
  done
}

# One entry on all cores; what it finds stays in build/full/fuzz/NAME (inputs that crash too).
fuzz_one() {
  local name=$1 folder=$out/fuzz/$1 pids=() pid status=0 runs=0 n
  mkdir -p "$folder/corpus"
  for ((n = 0; n < $(nproc); ++n)); do
    # shellcheck disable=SC2046  # several folders
    build/fuzz/bin/"$name" -max_total_time="$fuzz_seconds" -seed=$((n + 1)) -timeout=20 \
      -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 -reload=1 \
      -artifact_prefix="$folder/" "$folder/corpus" $(seeds_of "$name") >"$out/$name.$n.log" 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
  runs=$(grep -h 'stat::number_of_executed_units' "$out/$name".*.log | awk '{ n += $2 } END { print n + 0 }')
  if [ "$status" -ne 0 ]; then
    failed "fuzz $name" "after $runs runs; inputs in $folder, logs $out/$name.*.log"
    grep -hE 'ERROR|SUMMARY|runtime error|CHECK' "$out/$name".*.log | head -n 5 >&2
  else
    figure "fuzz $name" "$runs runs in $fuzz_seconds s, no crash"
  fi
}

tsan() {
  say "ThreadSanitizer: building"
  logged tsan-configure 120 cmake --preset tsan -DTICKWIRE_BENCHMARKS=OFF || return
  logged tsan-build 1200 cmake --build --preset tsan --target sim_core_test experiments_run_test \
    determinism_test tickwire || return
  say "ThreadSanitizer: trace, runner, partitions"
  logged tsan 900 ctest --test-dir build/tsan --output-on-failure --parallel "$(nproc)" \
    --no-tests=error \
    -R 'Trace|Pcapng|Runner|Simulator|HoldsItsExpectations|RandomPartitions|AnybodyWatches' || return
  figure tsan "$(grep 'tests passed' "$out/tsan.log")"
}

bench() {
  say "benchmarks"
  if [ -x build/release/bin/tickwire-bench ]; then
    logged bench 600 build/release/bin/tickwire-bench --benchmark_min_time=1 &&
      sed -n '/^Benchmark/,$p' "$out/bench.log" | tee -a "$figures" >&2
  fi
  if [ -x build/release/bin/tickwire-bench-ns3 ]; then
    say "benchmarks beside ns-3"
    logged bench-ns3 600 build/release/bin/tickwire-bench-ns3 && tee -a "$figures" <"$out/bench-ns3.log" >&2
  fi
  if [ -x build/release/bin/tickwire-bench-tcp-ns3 ]; then
    say "TCP beside ns-3"  # it fails if a ratio is below what is demanded
    logged bench-tcp-ns3 900 build/release/bin/tickwire-bench-tcp-ns3 &&
      tee -a "$figures" <"$out/bench-tcp-ns3.log" >&2
  fi
  if [ -x build/release/bin/tickwire-bench-sctp-usrsctp ]; then
    say "SCTP beside usrsctp"  # it fails if ours is slower than what is demanded
    logged bench-sctp 300 build/release/bin/tickwire-bench-sctp-usrsctp &&
      tee -a "$figures" <"$out/bench-sctp.log" >&2
  fi
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(soak package matrix fuzz tsan bench)
for part in "${parts[@]}"; do
  case $part in
    soak | package | matrix | fuzz | tsan | bench) "$part" ;;
    *) echo "tests/full.sh: no part $part" >&2; exit 2 ;;
  esac
done
say "done; the figures again ($figures), logs in $out:"
cat "$figures"
[ "$failures" -eq 0 ] || echo "$failures FAILED" >&2
[ "$failures" -eq 0 ]
