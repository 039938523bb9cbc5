# Sourced by run.sh scripts: installs Debian packages that are missing, without questions.
#   need_packages g++ cmake ...
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "These Debian packages are missing: ${missing[*]}" >&2
      echo "Install them as root, or install sudo, and run this again." >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]} ..." >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null || return 1
  # wireshark-common asks whether others than root may capture; nothing here captures.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null || {
    echo "apt-get could not install: ${missing[*]}" >&2
    return 1
  }
}

# What the command-line tool needs to be built, and what makes building quick.
TOOL_PACKAGES=(g++ cmake ninja-build ccache mold libabsl-dev protobuf-compiler libprotobuf-dev
               libxxhash-dev libssl-dev nlohmann-json3-dev git)
# What the tests need on top.
TEST_PACKAGES=(libgtest-dev liblwip-dev libusrsctp-dev libgmock-dev libbenchmark-dev tshark jq librsvg2-bin fonts-dejavu-core
               clang-format)
