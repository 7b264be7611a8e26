# The parts of tests/run that look at the tree instead of running it. Sourced; each function calls
# `check` once per thing that must hold.

# The plan's top level; anything else has a place below it.
top_level='.ci .clang-format .editorconfig .gitattributes .gitignore CHANGELOG.md CMakeLists.txt
CMakePresets.json LICENSE README.md SECURITY.md core models native tests web'

tracked_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard | while read -r file; do
      [[ ! -e $file ]] || echo "$file"
    done
  else # an unpacked archive
    find . \( -name node_modules -o -path ./build -o -path ./.git \) -prune -o -type f -print | sed 's|^\./||'
  fi
}

# Runs a command that prints offenders: the check holds when it prints nothing.
check_none() { # WHAT COMMAND...
  local what=$1 found
  shift
  found=$("$@" || true)
  [[ -z $found ]]
  check "$what" $? "$found"
}

check_tree() {
  local files texts sources here=$PWD
  mapfile -t files < <(tracked_files)
  mapfile -t texts < <(grep -Il . "${files[@]}")
  mapfile -t sources < <(printf '%s\n' "${texts[@]}" |
    grep -Ev '(^|/)package-lock\.json$|^models/|^LICENSE$')

  unplanned() {
    printf '%s\n' "${files[@]}" | cut -d/ -f1 | sort -u |
      grep -vxF -f <(tr -s ' \n' '\n\n' <<<"$top_level")
  }
  check_none 'nothing at the top level beyond the plan' unplanned

  # Named here in pieces, so that this file does not contain what it looks for.
  machine_paths() {
    grep -nE "(^|[^A-Za-z0-9_.\$}/])/(wo""rk|ro""ot|tm""p|ho""me)/" "${texts[@]}"
    grep -nF "$here/" "${texts[@]}"
  }
  check_none 'no absolute path of a machine' machine_paths

  data_files() {
    printf '%s\n' "${files[@]}" |
      grep -iE '\.(zip|gz|xz|tar|npy|npz|mat|h5|pt|pth|onnx|csv|wasm|o|a|so|pyc|log|tmp)$'
    # The largest that may be: a model, 2.5 MB, and Koch's net, 8 MB.
    find "${files[@]}" -size +2600k ! -path models/koch.safetensors -o -size +7812k
  }
  check_none 'no data set, build output or large file' data_files

  registries() {
    printf '%s\n' "${files[@]}" | grep -E '(^|/)(package-lock\.json|\.npmrc)$' |
      xargs -r grep -nE '"resolved"|^registry'
  }
  check_none 'no registry address in a lock file' registries

  check_none 'no mark of unfinished work' grep -nwE "TO""DO|FIX""ME|XX""X" "${sources[@]}"

  too_long() { wc -l "${sources[@]}" | awk '$1 > 500 && $2 != "total"'; }
  check_none 'no file over 500 lines' too_long

  spaces() { grep -nE "[[:blank:]]$|$(printf '\r')|^(<{7}|>{7}) " "${sources[@]}" | grep -v '\.md:.*  $'; }
  check_none 'no space at a line end, no conflict mark' spaces

  unended() {
    local file
    for file in "${sources[@]}"; do [[ -z $(tail -c 1 "$file") ]] || echo "$file"; done
  }
  check_none 'every text ends with a newline' unended

  not_executable() {
    local file
    for file in "${texts[@]}"; do
      [[ $(head -c 2 "$file") != '#!' || -x $file ]] || echo "$file"
    done
  }
  check_none 'every script is executable' not_executable
}

check_format() {
  local files version
  mapfile -t files < <(tracked_files | grep -E '\.[ch]$')
  version=$(clang-format --version | grep -oE '[0-9]+' | head -n 1)
  if clang-format --dry-run --Werror "${files[@]}"; then
    check "clang-format leaves ${#files[@]} files as they are" 0
  elif [[ $version == 14 ]]; then
    check 'clang-format leaves every file as it is' 1
  else
    skip 'the format' "clang-format $version lays out some lines otherwise than 14, the reference"
  fi
}

# What the reader is told to type: lines of the fenced blocks of the Markdown files that name no
# language, without comments, and the commands in running text that are whole (no FILE stands for
# something). Each once, as they first appear; not from files whose paths match.
documented_lines() { # [PATTERN]
  local file
  tracked_files | grep '\.md$' | grep -vE "${1:-^$}" | while read -r file; do
    awk '/^```/ { shell = !inside && $0 == "```"; inside = !inside; next } inside && shell' "$file" |
      sed 's/ *#.*//' | tr -s '&|;' '\n\n\n'
    [[ $file == CHANGELOG.md ]] || sed '/^```/,/^```/d' "$file" | grep -oE '`(build/native/)?oneglyph [^`]* --[^`]+`' | tr -d '`' |
      grep -vwE 'FILE|M'
  done | sed 's/^ *//' | awk 'NF && !seen[$0]++'
}
documented_commands() {
  documented_lines | grep -E '^(build/native/)?oneglyph |^(web|tests)/[a-z]|^cmake '
}

# That each command which the documents name exists, with its subcommand, options and files.
check_docs() {
  local command word words help option broken target file part
  while read -r command; do
    read -ra words <<<"$command"
    broken=''
    case ${words[0]} in
    web/* | tests/*) [[ -x ${words[0]} ]] || broken="${words[0]} is not there" ;;
    cmake)
      option=$(grep -oE -- '--preset [a-z]+' <<<"$command" | cut -d' ' -f2)
      [[ -z $option ]] || grep -q "\"name\": \"$option\"" CMakePresets.json ||
        broken="no preset $option"
      ;;
    *)
      if ! help=$(build/native/oneglyph "${words[1]}" --help 2>&1 </dev/null); then
        broken="oneglyph ${words[1]} --help fails: $help"
      fi
      if [[ ${words[1]} == data || ${words[1]} == model ]]; then
        help+=$(build/native/oneglyph "${words[1]}" "${words[2]-}" --help 2>&1 </dev/null) ||
          broken="oneglyph ${words[1]} ${words[2]-} --help fails"
      fi
      for word in "${words[@]}"; do
        [[ $word != --* || $help == *"${word%%=*}"* ]] || broken="no option $word"
        for part in ${word//,/ }; do # files may be listed, models followed by @ and a set
          [[ $part != models/* || -e ${part%@*} ]] || broken="$part is not there"
        done
      done
      ;;
    esac
    [[ -z $broken ]]
    check "documented: $command" $? "$broken"
  done < <(documented_commands)

  while IFS=: read -r file target; do
    [[ -e $(dirname "$file")/$target ]]
    check "link of $file: $target" $?
  done < <(tracked_files | grep '\.md$' | xargs grep -oE '\]\([^)#: ]+' | sed 's/](//' | sort -u)
}
