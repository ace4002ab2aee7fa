# Words that every part of ./dev uses. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }
die() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: as it is, or through sudo. may_be_root says whether that is possible.
may_be_root() { ((EUID == 0)) || has sudo; }
as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# timed LABEL COMMAND...: runs the command, says how long it took and keeps its exit status.
timed() {
  local label=$1 begin=$SECONDS status
  shift
  "$@" # in no condition, so that `set -e` holds inside of it
  status=$?
  say "./dev: $label took $((SECONDS - begin)) s"
  return "$status"
}

# A stamp is a file that holds the digest of what a step was made from: the step runs again only when that changes.
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
is_current() { # STAMP DIGEST
  [[ -f $1 && $(<"$1") == "$2" ]]
}

# Compilers of template-heavy code need about 1.5 GB each: no more of them at once than fit into memory.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cores < memory ? cores : memory))
}
