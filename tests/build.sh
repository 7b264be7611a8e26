# Builds a CMake preset, for web/demo and tests/run. Sourced, from the top of the checkout.

# Configures where needed and builds PRESET into build/NAME (default: PRESET): all of it, or the
# targets in $build_targets, with $jobs compilers at a time. A folder that was configured for a
# checkout elsewhere (a copied tree), or before the presets changed, is configured anew. Who comes
# while it is built waits.
build_preset() { # PRESET [NAME [CMAKE OPTION...]]
  local preset=$1 folder=build/${2:-$1} configured=''
  shift
  [[ $# -eq 0 ]] || shift
  mkdir -p build
  (
    flock 9
    if [[ -e $folder/CMakeCache.txt ]]; then
      configured=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
      [[ $configured -ef . ]] || rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
    fi
    if [[ ! -e $folder/build.ninja || ! -e $folder/CMakeCache.txt ||
      CMakePresets.json -nt $folder/CMakeCache.txt ]]; then
      cmake --preset "$preset" -B "$folder" "$@" 9>&- && touch "$folder/CMakeCache.txt" || return
    fi
    cmake --build "$folder" --parallel "${jobs:-$(nproc)}" \
      ${build_targets:+--target $build_targets} 9>&-
  ) 9>"$folder.lock"
}
