#!/bin/bash
# Writes the man page out of what --help says: help2man makes the page of `oneglyph --help`, and
# every command's own help follows word for word, a section each.
#     man.sh COMMAND OUT
set -euo pipefail

sections=$(mktemp)
trap 'rm -f "$sections"' EXIT

# The commands that a help lists: the first words of the indented lines under "Commands".
listed() { # HELP
  awk '/^Commands/ { inside = 1; next } /^$/ { inside = 0 } inside { print $1 }' <<<"$1"
}

section() { # COMMAND NAME...
  local help name
  help=$("$1" "${@:2}" --help)
  printf '[oneglyph %s]\n.nf\n' "${*:2}"
  # Backslashes mean something to roff, and so do dots and quotes that begin a line.
  sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/" <<<"$help"
  echo .fi
  for name in $(listed "$help"); do section "$@" "$name"; done
}

for name in $(listed "$("$1" --help)"); do section "$1" "$name"; done >"$sections"
help2man --no-info --name='know a symbol from one drawing of it' --include="$sections" "$1" >"$2"
