# Configuring and building a preset of CMakePresets.json into build/<preset>.

configure() { # PRESET [OPTION...]
  local dir=build/$1
  # ninja configures again by itself when a CMakeLists.txt changes, but does not look at the presets.
  [[ -f $dir/build.ninja && ! CMakePresets.json -nt $dir/build.ninja && -z ${DARKROOM_WERROR:-} ]] && return
  cmake --preset "$1" --log-level=WARNING ${DARKROOM_WERROR:+-DDARKROOM_WERROR="$DARKROOM_WERROR"} "${@:2}" >&2
}

build() { # PRESET [TARGET...]
  local preset=$1
  shift
  configure "$preset"
  cmake --build "build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"} >&2
}
