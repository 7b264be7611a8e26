# The parts of tests/run that install what others build upon, elsewhere than it was built, and use
# it there. Sourced; each function calls `check` once per thing that must hold.

# Runs a command, and shows what it said only when it failed.
check_run() { # WHAT COMMAND...
  local what=$1 said
  shift
  said=$("$@" 2>&1)
  check "$what" $? "$said"
}

# The functions that the header declares, a line each.
declared_functions() {
  sed -E '/^ *(\/\*|\*|#)/d' core/oneglyph.h | tr '\n' ' ' | grep -oE '\bog_[a-z0-9_]+\(' |
    tr -d '(' | sort -u
}

check_installed_library() {
  local at=$PWD/build/tests/installed from=$PWD/build/tests/staged said declared exported
  rm -rf "$at" "$from"
  check_run 'cmake --install' cmake --install build/native --prefix "$from"
  mv "$from" "$at" # what is installed may be moved
  local library=("$at"/lib*/liboneglyph.so "$at"/lib*/*/liboneglyph.so)
  for library in "${library[@]}"; do [[ ! -e $library ]] || break; done

  exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sort)
  declared=$(declared_functions)
  [[ $declared && $exported == "$declared" ]]
  check "the shared library exports the $(wc -w <<<"$declared") functions of oneglyph.h alone" $? \
    "$(diff <(echo "$declared") <(echo "$exported"))"

  rm -rf build/tests/examples
  check_run 'the examples build with find_package' cmake_examples "$at"
  check_run 'the examples run' ctest --test-dir build/tests/examples --output-on-failure

  export PKG_CONFIG_PATH=${library%/*}/pkgconfig
  check_run 'an example builds with pkg-config' cc -std=c11 -Wall -Wextra -Werror \
    tests/examples/recognise.c $(pkg-config --cflags --libs oneglyph) -o build/tests/recognise
  said=$(LD_LIBRARY_PATH=${library%/*} build/tests/recognise "$(pkg-config --variable=model oneglyph)" 2>&1)
  [[ $said == 'a roof, '* ]]
  check 'an example runs with what pkg-config names' $? "$said"

  readme_block c >build/tests/readme.c
  check_run "README's ten lines of C build" cc -std=c11 -Wall -Wextra -Werror -Ibuild/tests \
    tests/examples/readme_main.c $(pkg-config --cflags --libs oneglyph) -o build/tests/readme
  said=$(LD_LIBRARY_PATH=${library%/*} build/tests/readme "$(pkg-config --variable=model oneglyph)" 2>&1)
  [[ $said == 'drawing 1' ]]
  check "README's ten lines of C run" $? "$said"

  local language
  for language in c99 c11 c++11 c++17; do
    check_run "oneglyph.h by itself is $language" cc -x "${language%%[0-9]*}" -std=$language \
      -pedantic -Wall -Wextra -Werror -fsyntax-only "$at/include/oneglyph.h"
  done

  if [[ -e build/native/native/oneglyph.1 ]]; then
    local missing='' word
    for word in data train eval sweep embed classify bench model 'model export' 'data fetch'; do
      grep -qix ".SH \"oneglyph $word\"" "$at/share/man/man1/oneglyph.1" || missing+=" $word"
    done
    [[ ! $missing ]]
    check 'the man page has every command' $? "missing:$missing"
  else
    skip 'the man page' 'no help2man here'
  fi
  check_versions "$at"
  unset PKG_CONFIG_PATH
}

cmake_examples() { # PREFIX
  cmake -S tests/examples -B build/tests/examples -G Ninja -DCMAKE_PREFIX_PATH="$1" &&
    cmake --build build/tests/examples
}

# One version, wherever it is told.
check_versions() { # PREFIX
  local wanted where said
  wanted=$(sed -n 's/^#define OG_VERSION "\(.*\)"$/\1/p' core/oneglyph.h)
  while IFS=$'\t' read -r where said; do
    [[ $said == "$wanted" ]]
    check "$where is version $wanted" $? "$said"
  done < <(
    printf 'the command\t%s\n' "$("$1/bin/oneglyph" --version | cut -d' ' -f2)"
    printf 'pkg-config\t%s\n' "$(pkg-config --modversion oneglyph)"
    printf 'find_package\t%s\n' "$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")$/\1/p' \
      "$1"/lib*/cmake/oneglyph/oneglyph-config-version.cmake \
      "$1"/lib*/*/cmake/oneglyph/oneglyph-config-version.cmake 2>/dev/null)"
    printf 'web/package.json\t%s\n' "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' web/package.json)"
    printf 'web/package-lock.json\t%s\n' \
      "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' web/package-lock.json)"
  )
}
