# Configuring and building a preset of CMakePresets.json into build/<preset>.

# DARKROOM_WERROR=ON makes warnings errors (.ci/run does): other compilers than ours warn of other things.
configure() { # PRESET
  local dir=build/$1
  # ninja configures again by itself when a CMakeLists.txt changes, but does not look at the presets.
  [[ -f $dir/build.ninja && ! CMakePresets.json -nt $dir/build.ninja && -z ${DARKROOM_WERROR:-} ]] && return
  cmake --preset "$1" --log-level=WARNING -DDARKROOM_WERROR="${DARKROOM_WERROR:-OFF}" >&2
}

build() { # PRESET [TARGET...]
  local preset=$1
  shift
  configure "$preset"
  # Paths relative to the tree, so that ccache knows a file again in another clone.
  CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 \
    cmake --build "build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"} >&2
}
