# What checks the code: tests, sanitizers, clang-tidy, formatting, fuzzing, benchmarks.

own_sources() { git ls-files --cached --others --exclude-standard -- 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h' 'bench/*.cc' 'bench/*.h'; }

# Runs ctest over a built preset; at the end lists what was skipped, and why. What failed is in failed.txt, with what it
# printed.
run_ctest() { # PRESET CTEST-OPTION...
  local dir=build/$1 status=0
  shift
  ctest --test-dir "$dir" --parallel 2 --output-on-failure "$@" || status=$?
  list_skipped_tests "$dir/Testing/Temporary/LastTest.log"
  if [[ -f $dir/Testing/Temporary/LastTest.log ]]; then
    awk -f tools/dev/failed.awk "$dir/Testing/Temporary/LastTest.log" >"$dir/failed.txt"
  fi
  return "$status"
}

list_skipped_tests() { # LastTest.log of ctest
  if [[ -f $1 ]]; then awk -f tools/dev/skipped.awk "$1"; fi
}

check_test() { # [--quick] [CTEST-OPTION...]
  local options=()
  if [[ ${1:-} == --quick ]]; then
    options=(--label-regex '^unit$')
    shift
  fi
  timed 'set-up' setup_tests
  timed 'building' build release
  run_ctest release "${options[@]}" "$@"
}

# The tests that show what a sanitizer can see: units and contracts. The rest starts whole programs and takes too long.
check_sanitized() { # PRESET [CTEST-OPTION...]
  local preset=$1
  shift
  export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
  export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/tsan.supp}
  timed 'set-up' setup_tests
  timed "building $preset" build "$preset"
  run_ctest "$preset" --label-regex '^(unit|contract)$' "$@"
}

# GCC's ThreadSanitizer does not start where the kernel randomises addresses widely: without that, from the start.
without_address_randomisation() { # COMMAND...
  if [[ $(</proc/self/personality) == 00000000 ]] && setarch -R true 2>/dev/null; then exec setarch -R "$@"; fi
}

check_format() { # [--check]
  setup_packages "${PACKAGES_FORMAT[@]}"
  if [[ ${1:-} == --check ]]; then
    own_sources | xargs clang-format-19 --dry-run --Werror
  else
    own_sources | xargs clang-format-19 -i
  fi
}

check_tidy() { # [FILE...]
  local files=("$@")
  setup_build
  setup_packages "${PACKAGES_TIDY[@]}"
  ((${#files[@]})) || mapfile -t files < <(own_sources | grep '\.cc$' | grep -v '^tests/fuzz/')
  configure tidy
  ninja -C build/tidy build.ninja >/dev/null # the list of sources as it is now
  run-clang-tidy-19 -quiet -p build/tidy -j "$(build_jobs)" "${files[@]}"
}

check_fuzz() { # [SECONDS for each target]
  local seconds=${1:-60} target name corpus failed=()
  setup_build
  setup_packages "${PACKAGES_FUZZ[@]}"
  build fuzz fuzz_targets
  for target in build/fuzz/*_fuzz; do
    [[ -x $target ]] || die 'no fuzz targets were built'
    name=${target##*/}
    name=${name%_fuzz}
    corpus=build/fuzz/corpus/$name
    mkdir -p "$corpus"
    say "./dev: fuzzing $name for $seconds s"
    fuzz_one "$target" "$seconds" "$corpus" "tests/fuzz/corpus/$name" || failed+=("$name")
  done
  if ((${#failed[@]})); then die "fuzzing found faults in: ${failed[*]}; the inputs are in build/fuzz/faults/"; fi
  say './dev: fuzzing found nothing'
}

fuzz_one() { # PROGRAM SECONDS CORPUS SEEDS
  local program=$1 seconds=$2 corpus=$3 seeds=$4 name=${1##*/} log=build/fuzz/${1##*/}.log status=0
  mkdir -p build/fuzz/faults
  [[ -d $seeds ]] || seeds=
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/faults/$name-" "$corpus" ${seeds:+"$seeds"} >"$log" 2>&1 || status=$?
  if ((status)); then
    tail -n 40 "$log" >&2
  else
    awk -v name="$name" '
      /number_of_executed_units/ { runs = $2 }
      /new_units_added/ { added = $2 }
      / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") coverage = $(i + 1) }
      END { printf "%-20s %10d runs, %6d new inputs, %6d edges covered\n", name, runs, added, coverage }' "$log"
  fi
  return "$status"
}

BENCHMARKS=(imaging mesh queue noop pipeline worker)

# A benchmark is a program build/release/NAME_bench or a script bench/NAME.
check_bench() { # [NAME [ARGS...]]
  setup_tests
  build release
  if (($#)); then
    run_bench "$@"
  else
    local name
    for name in "${BENCHMARKS[@]}"; do run_bench "$name"; done
  fi
}

run_bench() { # NAME [ARGS...]
  local name=$1 program shared=${DARKROOM_SHARED:-../shared}
  shift
  # Real photographs and a network that others know, where they are at hand; else the shipped model and its samples.
  if [[ ($name == pipeline || $name == worker) && $# == 0 && -d $shared/models ]]; then
    tests/shared-packages build/shared-packages >&2
    set -- --model build/shared-packages/mobilenet_v2 --images "$shared/photos"
  fi
  for program in "build/release/${name}_bench" "bench/$name" "bench/$name.sh"; do
    if [[ -x $program && ! -d $program ]]; then
      say "./dev: benchmark $name"
      "$program" "$@"
      return
    fi
  done
  die "there is no benchmark named $name; there are: ${BENCHMARKS[*]}"
}
