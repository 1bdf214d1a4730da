# Bash's tracer: read before each script (BASH_ENV), also by those that a script starts.
#
# A DEBUG trap, which functions and subshells inherit, runs before each command. What is known is in variables, and a subshell has copies of them:
# so each command is also written to a file, which the first shell counts at its end. The trap leaves `$?`, `$_` and
# PIPESTATUS as they were; its own xtrace goes nowhere.
if [[ -z ${__winnow_directory-} && -r /work/.winnow-trace/plan.sh ]]; then
  __winnow_directory=/work/.winnow-trace
  declare -A __winnow_files=() __winnow_codes=() __winnow_hits=()
  declare -a __winnow_frames=() __winnow_at=() __winnow_of=()
  __winnow_depth=0 __winnow_made=0 __winnow_skip=0 __winnow_shell=$BASHPID __winnow_known=$BASHPID
  . "$__winnow_directory/plan.sh"
  __winnow_own=$__winnow_directory/trace.jsonl __winnow_runs=$__winnow_directory/runs
  if [[ -e $__winnow_own ]]; then
    __winnow_own=$__winnow_directory/trace-$$.jsonl __winnow_runs=$__winnow_directory/runs-$$
  fi
  printf '%s\n' "${__winnow_head/__version__/$BASH_VERSION}" > "$__winnow_own"

  # Into the array `__winnow_text`, which needs no process.
  __winnow_quote() {
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    printf -v __winnow_text '"%s"' "${text//[[:cntrl:]]/ }"
  }

  __winnow_command() {
    local line=$1 source=${2#/work/} name=${3:-<module>} depth=$4 number key
    source=${source#./}
    [[ -n ${__winnow_files[$source]-} ]] || return 0
    # What runs in the trap at the end has lines of its own.
    ((line < 65536)) || return 0
    [[ $name == source ]] && name='<module>'
    # A subshell has frames of its own.
    if [[ $BASHPID != "$__winnow_known" ]]; then
      __winnow_known=$BASHPID __winnow_made=$((BASHPID * 1000000)) __winnow_frames=() __winnow_at=() __winnow_of=()
    fi
    local thread='{"e":"thread","t":0}'
    [[ $BASHPID == "$__winnow_shell" ]] || thread="{\"e\":\"thread\",\"t\":$BASHPID}"
    local at
    for at in "${!__winnow_frames[@]}"; do
      ((at <= depth)) && continue
      printf '%s -%s %s\n' "${__winnow_at[at]}" "${__winnow_of[at]%% *}" "${__winnow_of[at]#* }" >> "$__winnow_runs"
      ((__winnow_events)) && printf '%s\n{"e":"return","f":%s,"to":null}\n' "$thread" "${__winnow_frames[at]}" >> "$__winnow_own"
      unset "__winnow_frames[at]" "__winnow_at[at]" "__winnow_of[at]"
    done
    if [[ -z ${__winnow_frames[depth]-} ]]; then
      key="$source $name"
      if [[ -z ${__winnow_codes[$key]-} ]]; then
        # Numbers count from 0 in the order of the file, so only the first shell may give them.
        if [[ $BASHPID == "$__winnow_shell" ]] && ((__winnow_events)); then
          __winnow_codes[$key]=${#__winnow_codes[@]}
          __winnow_quote "$source"
          local file=$__winnow_text kind=function
          [[ $name == '<module>' ]] && kind=module
          __winnow_quote "$name"
          printf '{"e":"code","c":%s,"file":%s,"name":%s,"kind":"%s","line":%s,"end":0}\n' \
            "${__winnow_codes[$key]}" "$file" "$__winnow_text" "$kind" "$line" >> "$__winnow_own"
        fi
      fi
      __winnow_frames[depth]=$((++__winnow_made))
      __winnow_of[depth]="$line $source"
      if ((__winnow_events)) && [[ -n ${__winnow_codes[$key]-} ]]; then
        local from=0
        for at in "${!__winnow_frames[@]}"; do
          ((at < depth)) && from=${__winnow_frames[at]}
        done
        printf '%s\n{"e":"call","f":%s,"c":%s,"from":%s,"args":[]}\n' "$thread" "$__winnow_made" "${__winnow_codes[$key]}" "$from" >> "$__winnow_own"
      fi
    fi
    printf '%s %s %s\n' "${__winnow_at[depth]-0}" "$line" "$source" >> "$__winnow_runs"
    __winnow_at[depth]=$line
    ((__winnow_events)) || return 0
    key="$source $line"
    __winnow_hits[$key]=$((${__winnow_hits[$key]-0} + 1))
    if ((__winnow_hits[$key] > __winnow_first || __winnow_events <= 1)); then
      __winnow_skip=$((__winnow_skip + 1))
      return 0
    fi
    __winnow_events=$((__winnow_events - 1))
    local skip=
    ((__winnow_skip)) && skip=",\"skip\":$__winnow_skip"
    __winnow_skip=0
    printf '%s\n{"e":"line","f":%s,"l":%s%s}\n' "$thread" "${__winnow_frames[depth]}" "$line" "$skip" >> "$__winnow_own"
  }

  __winnow_finish() {
    [[ $BASHPID == "$__winnow_shell" && -z ${__winnow_over-} ]] || return 0
    __winnow_over=1
    builtin trap - DEBUG
    local from to source at file pairs
    local -A hits=() ways=()
    for at in "${!__winnow_frames[@]}"; do
      printf '%s -%s %s\n' "${__winnow_at[at]}" "${__winnow_of[at]%% *}" "${__winnow_of[at]#* }" >> "$__winnow_runs"
      ((__winnow_events)) && printf '{"e":"thread","t":0}\n{"e":"return","f":%s,"to":null}\n' "${__winnow_frames[at]}" >> "$__winnow_own"
    done
    if [[ -e $__winnow_runs ]]; then
      while read -r from to source; do
        ((to > 0)) && hits["$source $to"]=$((${hits["$source $to"]-0} + 1))
        ((from > 0)) && ways["$source $from,$to"]=$((${ways["$source $from,$to"]-0} + 1))
      done < "$__winnow_runs"
    fi
    for file in "${!__winnow_files[@]}"; do
      local lines= gone= line count
      for line in ${__winnow_lines[$file]-}; do
        [[ -n ${hits["$file $line"]-} ]] || lines+=",[$line,0]"
      done
      for at in "${!hits[@]}"; do
        [[ ${at% *} == "$file" ]] || continue
        count=${hits[$at]}
        ((__winnow_coverage)) && count=1
        lines+=",[${at##* },$count]"
      done
      for at in "${!ways[@]}"; do
        [[ ${at% *} == "$file" ]] || continue
        count=${ways[$at]}
        ((__winnow_coverage)) && count=1
        gone+=",[${at##* },$count]"
      done
      __winnow_quote "$file"
      printf '{"e":"hits","file":%s,"lines":[%s],"ways":[%s]}\n' "$__winnow_text" "${lines#,}" "${gone#,}" >> "$__winnow_own"
    done
    printf '{"e":"end","skip":%s,"dropped":0}\n' "$__winnow_skip" >> "$__winnow_own"
  }

  # What a script does at its end comes first.
  trap() {
    case ${!#-} in
      EXIT | 0 | SIGEXIT)
        if (($# == 2)) && [[ $BASHPID == "$__winnow_shell" && $1 != - && $1 != -p ]]; then
          builtin trap "$__winnow_far$1"$'\n__winnow_finish' EXIT
          return
        elif (($# == 2)) && [[ $BASHPID == "$__winnow_shell" && $1 == - ]]; then
          builtin trap "${__winnow_far}__winnow_finish" EXIT
          return
        fi
        ;;
    esac
    builtin trap "$@"
  }

  # 65,536 line ends.
  __winnow_far=$'\n'
  for __winnow_last in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do __winnow_far+=$__winnow_far; done
  builtin trap "${__winnow_far}__winnow_finish" EXIT
  set -o functrace
  builtin trap '{ __winnow_last=$_; __winnow_command "$LINENO" "${BASH_SOURCE[0]-}" "${FUNCNAME[0]-}" "${#BASH_SOURCE[@]}"; : "$__winnow_last"; } 2> /dev/null' DEBUG
fi
