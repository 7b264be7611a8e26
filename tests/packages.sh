# Which Debian and Ubuntu packages each purpose needs, and one asking of apt for all that are
# missing. Sourced by web/demo and tests/run, from the top of the checkout.

# PURPOSE KIND PROBE PACKAGE. A thing counts as there when its probe succeeds, wherever it came
# from (an activated emsdk, node from elsewhere). The kinds:
#   program  is on the search path;  header  is among the system's headers;
#   module   is known to pkg-config; file    exists;
#   extra    a program or file (a pattern of its path will do) whose absence skips tests, where the distribution has no package for
#            it (Ubuntu ships its browsers as snaps).
package_table='
native   program  cc                                  gcc
native   header   stdio.h                             libc6-dev
native   program  cmake                               cmake
native   program  ninja                               ninja-build
native   program  pkg-config                          pkg-config
native   header   stb/stb_image.h                     libstb-dev
native   module   libzip                              libzip-dev
native   module   json-c                              libjson-c-dev
native   module   libcurl                             libcurl4-openssl-dev
native   module   popt                                libpopt-dev
native   module   zlib                                zlib1g-dev
native   module   libcrypto                           libssl-dev
native   file     /etc/ssl/certs/ca-certificates.crt  ca-certificates
onnx     program  protoc-c                            protobuf-c-compiler
onnx     module   libprotobuf-c                       libprotobuf-c-dev
onnx     header   onnx/onnx.proto                     libonnx-dev
web      program  cmake                               cmake
web      program  ninja                               ninja-build
web      program  emcc                                emscripten
web      program  node                                nodejs
web      program  esbuild                             esbuild
relaxed  extra    clang-19                            clang-19
relaxed  extra    wasm-ld-19                          lld-19
test     module   cmocka                              libcmocka-dev
test     program  git                                 git
test     program  unzip                               unzip
test     program  zip                                 zip
test     extra    /usr/lib/python3/dist-packages/numpy  python3-numpy
test     extra    /usr/lib/python3/dist-packages/faiss  python3-faiss
test     extra    rsvg-convert                        librsvg2-bin
mpi      extra    mpicc                               libopenmpi-dev
mpi      extra    mpirun                              openmpi-bin
format   extra    clang-format                        clang-format
clang    program  clang                               clang
clang    module   openmp-of-clang                     libomp-dev
msan     extra    /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.msan-*.a  libclang-rt-dev
memcheck extra    valgrind                            valgrind
coverage extra    lcov                                lcov
library  program  g++                                 g++
library  extra    help2man                            help2man
neon     extra    aarch64-linux-gnu-gcc               gcc-aarch64-linux-gnu
neon     extra    qemu-aarch64                        qemu-user
neon     extra    /usr/aarch64-linux-gnu/include      libc6-dev-arm64-cross
modules  program  npm                                 npm
modules  file     /etc/ssl/certs/ca-certificates.crt  ca-certificates
browsers extra    chromium                            chromium
browsers extra    firefox-esr                         firefox-esr
browsers extra    /usr/sbin/nginx                     nginx-light
browsers extra    python3                             python3
'

package_there() { # KIND PROBE
  local found
  case $1 in
  program) command -v "$2" >/dev/null ;;
  extra) command -v "$2" >/dev/null || compgen -G "$2" >/dev/null ;;
  file) [[ -e $2 ]] ;;
  header)
    found=$(compgen -G "/usr/include/$2" || compgen -G "/usr/include/*-linux-gnu/$2" ||
      compgen -G "/usr/local/include/$2") && [[ $found ]]
    ;;
  module)
    if [[ $2 == openmp-of-clang ]]; then
      found=$(compgen -G "/usr/lib/llvm-*/lib/libomp.so") && [[ $found ]]
    else
      command -v pkg-config >/dev/null && pkg-config --exists "$2"
    fi
    ;;
  esac
}

# Prints what the purposes lack, a line each: KIND PACKAGE.
packages_missing() { # PURPOSE...
  local purpose kind probe package
  while read -r purpose kind probe package; do
    [[ $purpose && " $* " == *" $purpose "* ]] || continue
    package_there "$kind" "$probe" || echo "$kind $package"
  done <<<"$package_table" | sort -u
}

package_known() { # PACKAGE: whether apt has something to install for it
  [[ $(apt-cache policy "$1" 2>/dev/null) == *Candidate:\ [0-9]* ]]
}

# Runs apt-get as root, never asking anything, its output in $package_log (on a terminal as it is).
package_apt() {
  local as_root=() log=/dev/stdout
  if [[ $EUID != 0 ]]; then
    as_root=(sudo)
    # Without a terminal nobody can type a password: sudo fails rather than waits.
    (: </dev/tty) 2>/dev/null || as_root=(sudo -n)
  fi
  [[ -t 1 ]] || log=$package_log
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -q -o DPkg::Lock::Timeout=600 "$@" </dev/null >>"$log" 2>&1
}

package_fail() { # MESSAGE
  echo "${0##*/}: $1" >&2
  [[ ! -s $package_log ]] || grep -E '^(E|Err|W):' "$package_log" | tail -n 5 >&2
  rm -f "$package_log"
  return 1
}

# Installs what the purposes lack, having said what. Fails with the reason and what to do.
packages_need() { # PURPOSE...
  local missing wanted=() package kind line
  missing=$(packages_missing "$@")
  [[ $missing ]] || return 0
  package_log=$(mktemp)
  line="apt-get install --no-install-recommends $(awk '$1 != "extra" { printf "%s ", $2 }' <<<"$missing")"
  if ! command -v apt-get >/dev/null; then
    package_fail "missing, by their Debian names: $(awk '{ printf "%s ", $2 }' <<<"$missing"); there is no apt-get here, so install them as this system does" || return
  fi
  # Nothing to ask root for when only what this distribution lacks is missing.
  packages_choose
  [[ ${#wanted[@]} -gt 0 ]] || { rm -f "$package_log" && return 0; }
  if [[ $EUID != 0 ]] && ! command -v sudo >/dev/null; then
    package_fail "neither root nor sudo; as root run: ${line% }" || return
  fi
  echo "Installing with apt: ${wanted[*]}"
  for package in "${wanted[@]}"; do
    package_known "$package" && continue
    package_apt update || package_fail "apt-get update failed: is there a network? (${line% })" || return
    packages_choose
    break
  done
  for package in "${wanted[@]}"; do
    package_known "$package" ||
      package_fail "apt knows no package $package; on Ubuntu enable universe: add-apt-repository universe" || return
  done
  # Lists that are out of date name files that are gone: fetch them anew, once.
  package_apt install -y --no-install-recommends "${wanted[@]}" ||
    { package_apt update && package_apt install -y --no-install-recommends "${wanted[@]}"; } ||
    package_fail "apt-get failed; run it to see why: ${line% }" || return
  hash -r
  rm -f "$package_log"
}

# Fills `wanted` from `missing`: everything needed, and the extras that apt has (or may have, while
# it has no lists at all).
packages_choose() {
  wanted=()
  while read -r kind package; do
    [[ $kind == extra ]] && [[ $(apt-cache pkgnames cmake) ]] && ! package_known "$package" && continue
    wanted+=("$package")
  done <<<"$missing"
}
