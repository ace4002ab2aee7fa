# The set-up: everything that a command needs, installed once. One set-up at a time works on a checkout.

setup_build() { locked install_for_build; }
setup_tests() { locked install_for_tests; }
setup_packages() { locked need_packages "$@"; }

locked() {
  mkdir -p build
  (
    flock 9
    "$@"
  ) 9>build/.setup.lock
}

install_for_build() {
  need_packages "${PACKAGES_BUILD[@]}"
  need_node
  need_onnxruntime
  need_npm ui
}

install_for_tests() {
  install_for_build
  need_packages "${PACKAGES_TEST[@]}"
  need_npm tests/aws-sdk
  need_npm tests/mesh-files
  need_python_venv
}
