# Builds a CMake preset, for web/demo and tests/run. Sourced, from the top of the checkout.

# Configures where needed and builds PRESET into build/NAME (default: PRESET). A folder that was
# configured for a checkout elsewhere (a copied tree) is configured anew.
build_preset() { # PRESET [NAME [CMAKE OPTION...]]
  local preset=$1 folder=build/${2:-$1} configured=''
  shift
  [[ $# -eq 0 ]] || shift
  if [[ -e $folder/CMakeCache.txt ]]; then
    configured=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
    [[ $configured -ef . ]] || rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
  fi
  if [[ ! -e $folder/build.ninja || ! -e $folder/CMakeCache.txt ]]; then
    cmake --preset "$preset" -B "$folder" "$@" || return
  fi
  cmake --build "$folder" --parallel "$(nproc)"
}
