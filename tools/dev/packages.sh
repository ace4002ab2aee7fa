# System packages, by what needs them. `a|b` means: either will do, the first one that the release has is installed.

# To build Darkroom and to run it.
PACKAGES_BUILD=(
  g++ cmake ninja-build pkg-config ccache mold ca-certificates git
  'libboost1.81-dev|libboost1.83-dev' 'libboost-json1.81-dev|libboost-json1.83-dev' 'libboost-url1.81-dev|libboost-url1.83-dev'
  libssl-dev libcurl4-openssl-dev zlib1g-dev libsqlite3-dev
  libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libpugixml-dev prometheus-cpp-dev
  libjpeg62-turbo-dev libspng-dev libwebp-dev libxxhash-dev
  libgtest-dev libgmock-dev libbenchmark-dev)

# To run the tests: AWS's Python client, an emulator of AWS, a browser.
PACKAGES_TEST=(python3 python3-venv chromium)

# To fuzz, to check with clang, to format.
PACKAGES_FUZZ=(clang-19 libclang-rt-19-dev)
PACKAGES_TIDY=(clang-19 clang-tidy-19)
PACKAGES_FORMAT=(clang-format-19)

installed_packages() { # NAME...: those of the names that are installed, one a line
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true
}

# Prints the entries of which no alternative is installed.
missing_packages() { # ENTRY...
  local entry installed name names=()
  for entry in "$@"; do names+=(${entry//|/ }); done
  installed=" $(installed_packages "${names[@]}" | tr '\n' ' ') "
  for entry in "$@"; do
    for name in ${entry//|/ }; do
      [[ $installed == *" $name "* ]] && continue 2
    done
    echo "$entry"
  done
}

in_distribution() { # NAME: whether the distribution of this machine offers the package
  [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]
}

# The first alternative of each entry that the distribution has.
alternatives() { # ENTRY...
  local entry name
  for entry in "$@"; do
    for name in ${entry//|/ }; do
      in_distribution "$name" && echo "$name" && continue 2
    done
    die "this distribution offers no package for $entry (Debian 12 and 13 do)"
  done
}

refresh_package_lists() { as_root apt-get update -qq; }

install_packages() { # ENTRY...
  local chosen
  may_be_root || die "these packages are missing and there is no sudo; as root, run: apt-get install $(alternatives "$@" | tr '\n' ' ')"
  refresh_package_lists
  chosen=$(alternatives "$@")
  say "./dev: installing $(tr '\n' ' ' <<<"$chosen")"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $chosen >/dev/null
}

need_packages() { # ENTRY...: installs what is missing; quick when nothing is
  local missing
  has dpkg-query || die "the set-up knows Debian 12 and 13; elsewhere install the like of these and use cmake: $*"
  missing=$(missing_packages "$@")
  [[ -z $missing ]] || timed 'installing system packages' install_packages $missing
}

# Node.js may come from elsewhere than the distribution: only its commands matter.
need_node() {
  has node && has npm || need_packages nodejs npm
}
