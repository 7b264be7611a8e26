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

# A folder as a reader would have it: the models, two symbols, a query, a net of PyTorch's, an
# alphabet to imagine more of, and MNIST's files with a digit or so of each kind.
documents_folder() { # FOLDER
  rm -rf "$1"
  mkdir -p "$1"/{symbols/chart,symbols/page,build/glyph-max,MNIST}
  cp -r models "$1"
  # Koch's net with a hundredth of its work.
  sed -i -E 's/(conv [a-z0-9]+) (64|128|256) /\1 16 /; s/fc c4 4096/fc c4 64/' "$1"/models/koch*.recipe.json
  cp models/results/sweep.png "$1/symbols/chart/one.png"
  cp web/screenshot.png "$1/symbols/page/one.png"
  cp models/results/sweep.png "$1/query.png"
  cp tests/native/torch/net.json "$1"
  cp tests/native/torch/net.safetensors "$1/torch.safetensors"
  echo '{"strokes":[[[10,10],[40,60],[70,10]]]}' >"$1/SEEDS.jsonl"
  mnist_files "$1/MNIST"
}

# Three squares of each of ten sizes, as MNIST has its test digits.
mnist_files() { # FOLDER
  local i bytes
  {
    printf '\0\0\10\3\0\0\0\36\0\0\0\34\0\0\0\34'
    for i in {0..29}; do
      bytes=$(awk -v side=$((4 + 2 * (i % 10))) -v at=$((i / 10)) 'BEGIN {
        for (y = 0; y < 28; y++) for (x = 0; x < 28; x++)
          printf "%s", (x >= at && y >= at && x < at + side && y < at + side ? "\\377" : "\\0") }')
      printf "$bytes"
    done
  } >"$1/t10k-images-idx3-ubyte"
  {
    printf '\0\0\10\1\0\0\0\36'
    for i in {0..29}; do printf "\\$((i % 10 / 8))$((i % 10 % 8))"; done
  } >"$1/t10k-labels-idx1-ubyte"
}

# A part of Omniglot, in folders as they are in its zips: the alphabets that recipes hold out and two
# more to train on, five that stand for the evaluation set, and what is small anyway.
documents_data() { # FOLDER OMNIGLOT
  local name patterns=()
  for name in Anglo-Saxon_Futhorc Early_Aramaic Korean Tifinagh Balinese; do
    patterns+=("images_background/$name/*")
  done
  rm -rf "$1"
  mkdir -p "$1"
  unzip -q "$2/images_background.zip" "${patterns[@]}" -d "$1"
  unzip -q "$2/images_background_small2.zip" -d "$1"
  mv "$1/images_background_small2" "$1/images_evaluation"
  for name in "$2"/{*small[12].zip,all_runs.zip,strokes_background_simplified*}; do
    [[ ! -e $name ]] || ln -s "$(realpath "$name")" "$1"
  done
}

# A command as it can be run within seconds, with (part of) Omniglot in folder $2: fewer steps and trials, one
# of what a loop goes through, and no model or result of the folder overwritten.
shortened() { # COMMAND PART OMNIGLOT
  local command
  command=$(sed -E -e "s|^(build/native/)?oneglyph|\"\$oneglyph\"|" -e "s#\bDIR\b|\.\./shared/omniglot#$2#" \
    -e 's/ --(steps|trials) [0-9]+//g' -e 's/ --ways 2\.\.60/ --ways 2..4/; s/ --distort all/ --distort speed/' -e 's#models/results/#build/#g' \
    -e 's#( --out |>)models/#\1build/#' \
    -e 's/\$task/within/' -e 's#\$model#models/glyph.safetensors#' -e 's/\$strength/1/' <<<"$1")
  case $command in
  *' train '*) command+=' --steps 2' ;;
  *' --task lake'*) ;; # has its own number
  *' eval --help'*) ;;
  *' eval '* | *' sweep '*)
    if [[ $command == *'>'* ]]; then
      command="${command%%>*}--trials 20 >${command#*>}"
    else
      command+=' --trials 20'
    fi
    ;;
  *' model calibrate '*) command+=' --drawings 200' ;;
  *' model factorise '*) command=$(sed -E 's/ --rank [0-9]+/ --rank 9/; s/ --drawings [0-9]+/ --drawings 200/' <<<"$command") ;;
  *' model quantize '*) command=$(sed 's# --data [^ ]*##' <<<"$command") ;; # to measure takes long
  *' data fetch'*) command+=" --from $3 --to fetched" ;;
  esac
  [[ $command != *' eval '*glyph-max* ]] || command+=' --alphabets Greek' # 18 embeddings a drawing
  echo "$command"
}

# With few composed and invented characters, which take longer to make than two steps do.
fewer_alphabets() { # FILE...
  sed -zi -E 's/("(also|compounds)": \{\s*"alphabets": )[0-9]+/\12/g; s/"loose": [0-9]+/"loose": 1/g' "$@"
}

# Without what comes after the last step. The first training has all of it.
shorten_recipes() { # FILE...
  sed -zi -E -e 's/\n *"(whiten|second_look|validate_every)"[^\n]*//g' \
    -e 's/"calibrate": true/"calibrate": false/; s/,(\n\})/\1/' "$@"
}

check_documented_runs() {
  local folder=$PWD/build/tests/documents data=${ONEGLYPH_DATA:-$PWD/../shared/omniglot} command short
  local oneglyph=$PWD/build/native/oneglyph
  documents_folder "$folder"
  [[ ! -d $data ]] || documents_data "$folder/omniglot" "$data" || return
  fewer_alphabets "$folder"/models/*.recipe.json
  check_every_command_is_run
  while read -r command; do
    if [[ ! -d $data && ($command == *DIR* || $command == *shared/omniglot* || $command == *fetch*) ]]; then
      skip "runs: $command" 'no Omniglot here'
      continue
    fi
    if [[ $command == *build/*.safetensors* && $command != *'train '* && ! -d $data ]]; then
      skip "runs: $command" 'no Omniglot here, so no model of an earlier command'
      continue
    fi
    short=$(shortened "$command" omniglot "$data")
    check_run "runs: $command" eval "cd '$folder' && $short </dev/null"
    [[ $command != *' train '* ]] || shorten_recipes "$folder"/models/*.recipe.json
  done < <({ documented_lines '^models/' && documented_lines glyph-max.md && documented_lines; } |
    grep -E '^(build/native/)?oneglyph ' | awk '!seen[$0]++')
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
