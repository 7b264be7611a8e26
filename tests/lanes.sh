# Runs the parts of tests/run, as many at a time as lanes: parts that wait (for a browser, for a
# server that is slow on purpose) or have one long test last leave processors idle, which others can
# use. Sourced, from the top of the checkout.

# Runs a part, in a process of its own, and prints what became of it, in one piece. Its function
# counts with check and skip, and writes the log. What people would look at has the processors first.
run_part() { # NAME
  local name=$1 log=build/tests/$1.log passed=0 failed=0 skipped=0 reasons=() reason
  local begun=$SECONDS said
  [[ $name == browsers ]] || renice -n 5 -p $BASHPID >/dev/null
  if ! "part_$name" >"$log" 2>&1 && [[ $failed == 0 ]]; then
    failed=1
  fi
  said=$(
    printf '%-9s %-6s %d passed, %d failed, %d skipped (%d s, %d s of a processor)\n' "$name" \
      "$([[ $failed == 0 ]] && echo ok || echo FAILED)" $passed $failed $skipped \
      $((SECONDS - begun)) "$(processor_seconds)"
    [[ $failed == 0 ]] || sed 's/^/    | /' "$log"
    for reason in ${reasons[@]+"${reasons[@]}"}; do
      echo "          skipped $reason"
    done
  )
  flock build/tests/queue.lock echo "$said"
  echo "$passed $failed $skipped" >"build/tests/$name.count"
}

# What this process and everything that it waited for took so far, rounded.
processor_seconds() {
  # Fields 14 to 17 of its process, in clock ticks; the name in front may hold spaces.
  awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13 + $14 + $15) / ticks) }' \
    "/proc/$part_process/stat"
}

# The next of the queue, which it leaves.
next_part() {
  flock build/tests/queue.lock sh -c 'head -n 1 "$0" && sed -i 1d "$0"' build/tests/queue
}

lane() {
  local name
  while name=$(next_part) && [[ $name ]]; do
    (part_process=$BASHPID && run_part "$name")
  done
}

# Runs the parts, begun in this order, and prints the sum; fails if one failed.
run_parts() { # NAME...
  local name passed failed skipped sum=(0 0 0) running=() cores lanes jobs
  cores=$(nproc)
  lanes=$((cores < 2 ? 1 : $# < 3 ? $# : 3)) # of which one waits most of the time
  jobs=$((lanes < 2 ? cores : (cores + 1) / 2)) # that a part starts at a time
  printf '%s\n' "$@" >build/tests/queue
  for name; do rm -f "build/tests/$name.count"; done
  set -m # each lane a group of processes, so that nothing outlives an interruption
  while [[ ${#running[@]} -lt $lanes ]]; do
    lane &
    running+=($!)
  done
  trap 'kill -- "${running[@]/#/-}" 2>/dev/null; exit 130' INT TERM
  wait
  trap - INT TERM
  for name; do
    passed=0 failed=1 skipped=0 # of a part that did not come to its end
    [[ ! -s build/tests/$name.count ]] || read -r passed failed skipped <"build/tests/$name.count"
    sum=($((sum[0] + passed)) $((sum[1] + failed)) $((sum[2] + skipped)))
  done
  echo "${sum[0]} passed, ${sum[1]} failed, ${sum[2]} skipped"
  [[ ${sum[1]} == 0 ]]
}
