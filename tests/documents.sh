# Runs what the documents tell their readers to type, shortened where it would take long. Sourced.

# What is not run here, by how it begins, and what tries it instead.
run_elsewhere='
tests/run	runs this
web/demo	part web builds with the same function, tests/bare runs it on a bare machine
tests/bench/peers	its peers are fetched from npm, and it wants a machine for itself; tests/bench/*.test.js try its parts
tests/bench/literature	rewrites README; tests/bench/literature.test.js tries its parts
cmake --preset	parts native and mpi
cmake --build	parts native and mpi
cmake --install	part library
mpirun	part mpi, by tests/native/test_team.c
npm install	tests/web/package.test.js
python3 -m http.server	tests/web/hosting-browser.test.js
search_million.py	native_faiss
'

# A folder as a reader would have it: the models, two symbols, a query, a net of PyTorch's.
documents_folder() { # FOLDER
  rm -rf "$1"
  mkdir -p "$1"/{symbols/chart,symbols/page,build}
  cp -r models "$1"
  cp models/results/sweep.png "$1/symbols/chart/one.png"
  cp web/screenshot.png "$1/symbols/page/one.png"
  cp models/results/sweep.png "$1/query.png"
  cp tests/native/torch/net.json "$1"
  cp tests/native/torch/net.safetensors "$1/torch.safetensors"
}

# A command as it can be run within seconds, with Omniglot in folder $2.
shortened() { # COMMAND OMNIGLOT
  local command
  command=$(sed -E -e "s|^(build/native/)?oneglyph|\"\$oneglyph\"|" -e "s#\bDIR\b#$2#" -e 's/ --steps [0-9]+//' <<<"$1")
  case $command in
  *' train '*) command+=' --steps 2' ;;
  *' --task lake'*) ;; # has its own number
  *' eval '*) command+=' --trials 20' ;;
  *' data fetch'*) command+=" --from $2 --to fetched" ;;
  esac
  echo "$command"
}

check_documented_runs() {
  local folder=$PWD/build/tests/documents data=${ONEGLYPH_DATA:-$PWD/../shared/omniglot} command short
  local oneglyph=$PWD/build/native/oneglyph
  documents_folder "$folder"
  check_every_command_is_run
  while read -r command; do
    if [[ ! -d $data && ($command == *DIR* || $command == *fetch*) ]]; then
      skip "runs: $command" 'no Omniglot here'
      continue
    fi
    short=$(shortened "$command" "$data")
    check_run "runs: $command" eval "cd '$folder' && $short </dev/null"
  done < <(documented_lines '^models/' | grep -E '^(build/native/)?oneglyph ')
  # These made the files in models/, for minutes to hours each.
  while read -r command; do
    echo "else  not run: $command (check_docs looks at its options and files)"
  done < <(documented_commands | grep -vxF -f <(documented_lines '^models/') | grep -E '^oneglyph ')
}

# Every line of the blocks that are for a shell is run above, or named in run_elsewhere.
check_every_command_is_run() {
  local command start where
  while read -r command; do
    where=''
    while IFS=$'\t' read -r start where; do
      [[ $start && $command == "$start"* ]] && break
      where=''
    done <<<"$run_elsewhere"
    [[ $where ]]
    check "not run here: $command${where:+ ($where)}" $? 'it is neither run nor named in tests/documents.sh'
  done < <(documented_lines | grep -vE '^(build/native/)?oneglyph |^([{}$]|do$|done|sed |for )')
}

# README's first block of a language.
readme_block() { # LANGUAGE
  awk -v start="^\`\`\`$1\$" '/^```/ && inside { exit } inside; $0 ~ start { inside = 1 }' README.md
}
