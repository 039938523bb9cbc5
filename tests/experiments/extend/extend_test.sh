#!/usr/bin/env bash
# Installs Tickwire under a scratch prefix, builds experiments/examples/extend against it with
# nothing but find_package, and runs the scenario of the example.
#   extend_test.sh SOURCE_TREE BUILD_TREE SCRATCH_FOLDER COMPILER SANITIZERS
set -euo pipefail
source_tree=$1 build_tree=$2 scratch=$3 compiler=$4 sanitizers=$5
example=$scratch/example
prefix=$scratch/prefix
rm -rf "$example" "$prefix"
fail() {
  echo "FAILED: $1" >&2
  exit 1
}

lines=$(cat "$source_tree"/experiments/examples/extend/*.cc | wc -l)
[ "$lines" -lt 100 ] || fail "the example takes $lines lines of C++, not fewer than 100"

cmake --install "$build_tree" --prefix "$prefix" >/dev/null
for file in bin/tickwire share/man/man1/tickwire.1 share/bash-completion/completions/tickwire \
  share/zsh/vendor-completions/_tickwire share/fish/vendor_completions.d/tickwire.fish \
  share/tickwire/scenarios/sip/basic_call.textproto share/doc/tickwire/LICENSE; do
  [ -s "$prefix/$file" ] || fail "$file is not installed"
done
env -u TICKWIRE_SCENARIOS "$prefix/bin/tickwire" list --json | grep "\"$prefix/share/" >/dev/null ||
  fail "the installed program does not list the installed scenarios"

# Elsewhere, so that no file of the tree can be found by a relative path.
cp -r "$source_tree/experiments/examples/extend" "$example"
flags="-Wall -Wextra -Werror"
[ -z "$sanitizers" ] || flags="-fsanitize=$sanitizers -DTICKWIRE_DCHECKS=1"
cmake -G Ninja -S "$example" -B "$example/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$example/build" >/dev/null
! grep -Eq "(-I|-isystem) ?$source_tree( |/build/[a-z]+/generated|\$)" "$example/build/build.ninja" ||
  fail "the example was built with headers of the source tree"

cd /
extend=$example/build/extend
"$extend" run "$example/pings.textproto"
"$extend" validate "$example/pings.textproto"
"$extend" show "$example/pings.textproto" | grep "extend.EveryNth" >/dev/null ||
  fail "show does not show the loss model"
"$extend" ladder "$example/pings.textproto" | grep "every nth" >/dev/null ||
  fail "the ladder does not name the cause of loss"

# Mistakes inside the messages from outside are found as anywhere else.
status=0
sed 's/n: 3/n: 0/; s/"bob" } } }/"bbo" } } }/' "$example/pings.textproto" >"$example/wrong.textproto"
"$extend" validate "$example/wrong.textproto" 2>"$example/errors" || status=$?
[ "$status" -eq 3 ] || fail "validate of a wrong scenario ended with $status, not 3"
grep -q "E0301" "$example/errors" || fail "an unknown node inside custom is not reported"

# The plain program refuses what is not linked into it, and says so.
status=0
"$prefix/bin/tickwire" validate "$example/pings.textproto" 2>"$example/errors" || status=$?
[ "$status" -eq 3 ] || fail "tickwire took a message that it does not know ($status)"
