# What comes from npm and PyPI, pinned by lock files, installed once for each state of its lock file.

npm_install() { # FOLDER: exactly what the lock file says; no script of any package is run
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
}

need_npm() { # FOLDER with package-lock.json; a folder without one needs nothing
  local folder=$1 stamp=build/deps/npm-${1//\//-}.stamp key
  [[ -f $folder/package-lock.json ]] || return 0
  key=$(digest "$folder/package-lock.json")
  [[ -d $folder/node_modules ]] && is_current "$stamp" "$key" && return
  timed "npm packages of $folder/" npm_install "$folder"
  mkdir -p "${stamp%/*}"
  echo "$key" >"$stamp"
}

# The Python of the tests. Without a network the tests that need it are skipped and say so; everything else still runs.
need_python_venv() {
  local venv=build/venv key
  key=$(digest tests/requirements.txt)-$(python3 --version | tr ' ' -)
  [[ -x $venv/bin/python ]] && is_current "$venv/stamp" "$key" && return
  if timed 'Python packages of the tests' make_python_venv "$venv"; then
    echo "$key" >"$venv/stamp"
  else
    say './dev: the Python packages could not be installed (see above): tests with boto3, moto and Pillow will be skipped'
    rm -f "$venv/stamp"
  fi
}

make_python_venv() { # FOLDER; its caller asks for its status, so each step does too
  "$1/bin/python" -m pip --version &>/dev/null || python3 -m venv --clear "$1" || return
  "$1/bin/python" -m pip install -q --disable-pip-version-check -r tests/requirements.txt >&2
}
