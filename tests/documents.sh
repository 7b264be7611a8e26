# Runs what README and its like tell their readers to type, shortened where it would take long;
# what made the files in models/ takes hours, and stays out. Sourced.

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
  command=$(sed -E -e "s|^(build/native/)?oneglyph|\"\$oneglyph\"|" -e "s#\bDIR\b#$2#" <<<"$1")
  case $command in
  *' train '*) command+=' --steps 2' ;;
  *' eval '*) command+=' --trials 20' ;;
  *' data fetch'*) command+=" --from $2 --to fetched" ;;
  esac
  echo "$command"
}

check_documented_runs() {
  local folder=$PWD/build/tests/documents data=${ONEGLYPH_DATA:-$PWD/../shared/omniglot} command short
  local oneglyph=$PWD/build/native/oneglyph
  documents_folder "$folder"
  while read -r command; do
    if [[ ! -d $data && ($command == *DIR* || $command == *fetch*) ]]; then
      skip "runs: $command" 'no Omniglot here'
      continue
    fi
    short=$(shortened "$command" "$data")
    check_run "runs: $command" eval "cd '$folder' && $short </dev/null"
  done < <(documented_commands '^[^/]*$|^(web|core|native)/' | grep -E '^(build/native/)?oneglyph ')
}
