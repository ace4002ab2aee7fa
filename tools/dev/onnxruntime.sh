# ONNX Runtime into build/deps/onnxruntime: include/ with the headers of its C and C++ API, lib/libonnxruntime.so.1.
#
# Debian 13 and later have a package of it. Before, the library is the official build that comes inside the npm package
# onnxruntime-node (pinned with its digest in deps/onnxruntime), and the headers are those of a newer Debian's package.
# The C API is stable: a program that was built with older headers runs on a newer library.

ONNXRUNTIME_DIR=build/deps/onnxruntime
ONNXRUNTIME_HEADERS_RELEASE=trixie

need_onnxruntime() {
  local key made=$ONNXRUNTIME_DIR.new
  key=$(digest deps/onnxruntime/package-lock.json tools/dev/onnxruntime.sh)
  [[ -f $ONNXRUNTIME_DIR/lib/libonnxruntime.so.1 ]] && is_current "$ONNXRUNTIME_DIR/stamp" "$key" && return
  rm -rf "$made"
  mkdir -p "$made/lib"
  timed 'setting up ONNX Runtime' make_onnxruntime "$made"
  echo "$key" >"$made/stamp"
  rm -rf "$ONNXRUNTIME_DIR"
  mv "$made" "$ONNXRUNTIME_DIR"
}

make_onnxruntime() { # FOLDER
  if [[ -n $(installed_packages libonnxruntime-dev) ]] || in_distribution libonnxruntime-dev; then
    onnxruntime_of_distribution "$1"
  else
    onnxruntime_headers "$1"
    onnxruntime_library "$1"
  fi
}

onnxruntime_of_distribution() { # FOLDER
  local library
  need_packages libonnxruntime-dev
  library=$(dpkg-query -L libonnxruntime-dev | grep -m1 '/libonnxruntime\.so$')
  ln -s /usr/include/onnxruntime "$1/include"
  ln -s "$library" "$1/lib/libonnxruntime.so.1"
}

onnxruntime_headers() { # FOLDER
  local scratch=$1/scratch
  download_newer_debian "$ONNXRUNTIME_HEADERS_RELEASE" "$scratch" libonnxruntime-dev
  dpkg-deb -x "$scratch"/libonnxruntime-dev_*.deb "$scratch/root"
  mv "$scratch/root/usr/include/onnxruntime" "$1/include"
  rm -rf "$scratch"
}

onnxruntime_library() { # FOLDER
  local arch
  case $(dpkg --print-architecture) in
    amd64) arch=x64 ;;
    arm64) arch=arm64 ;;
    *) die "there is no build of ONNX Runtime for $(dpkg --print-architecture)" ;;
  esac
  npm_install deps/onnxruntime
  mv "deps/onnxruntime/node_modules/onnxruntime-node/bin/napi-v6/linux/$arch/libonnxruntime.so.1" "$1/lib/"
  rm -rf deps/onnxruntime/node_modules # it holds the builds for every other system, 280 MB
}

# Downloads packages of a newer Debian from the mirror that this machine already uses, checked against Debian's archive
# key. The machine's own package lists and database are not touched; no root is needed.
download_newer_debian() { # RELEASE DIR PACKAGE...
  local release=$1 dir=$2 mirror options
  shift 2
  mkdir -p "$dir"/apt/{lists/partial,cache/archives/partial,parts}
  dir=$(cd "$dir" && pwd)
  mirror=$(debian_mirror)
  [[ -n $mirror ]] || { refresh_package_lists && mirror=$(debian_mirror); }
  [[ -n $mirror ]] || die "no Debian mirror found in this machine's package sources"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$dir/apt/sources.list"
  options=(-qq -o Dir::Etc::SourceList="$dir/apt/sources.list" -o Dir::Etc::SourceParts="$dir/apt/parts"
    -o Dir::State::Lists="$dir/apt/lists" -o Dir::Cache="$dir/apt/cache" -o APT::Sandbox::User="$(id -un)")
  apt-get "${options[@]}" update
  (cd "$dir" && apt-get "${options[@]}" download "$@")
}

debian_mirror() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 -E '/debian/?$' || true
}
