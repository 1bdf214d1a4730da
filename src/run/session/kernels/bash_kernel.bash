# A Bash kernel: an interactive shell without a terminal, which reads one line a cell from its channel and says what came of it.
#
# Interactive, because only then does Bash give up what it does at SIGINT and keep everything else; its line editing, job control and history are off.
# A line is `__winnow_begin COUNT; … eval CODE </dev/null; __winnow_end STATUS`, so that a cell runs at the top: what it declares is global, and
# `break` and `return` have nothing of ours to leave. A cell that was interrupted never comes to its `__winnow_end`; the prompt says so instead.
#
# Descriptor 0 is the channel in, 120 the channel out, 121 keeps order (`native/cell.ts`); none of them is given to what a cell starts.
# Only built-ins are used, by `builtin`, for a cell may define functions of any name. All of this is plain shell state, which a cell can
# break for its own session and for nobody else.

__winnow_seed=$WINNOW_SEED
unset WINNOW_SEED
set +H +m +o history
PS1= PS2= PS0=
unset MAIL MAILPATH HISTFILE
RANDOM=$__winnow_seed
unset __winnow_seed

__winnow_count=0 __winnow_open= __winnow_base=0 __winnow_line= __winnow_hits=0 __winnow_notices= __winnow_left=2 __winnow_errs=1

# A message: u32 length, u8 kind, then JSON, of which all is ASCII here.
__winnow_send() {
  builtin local head
  builtin printf -v head '\\x%02x\\x%02x\\x00\\x00\\x%02x' "$((${#2} & 255))" "$((${#2} >> 8))" "$1"
  builtin printf "$head%s" "$2" >&120
}

__winnow_sync() {
  builtin local answer
  builtin printf . >&121
  builtin read -r -n 1 -t 5 -u 121 answer || builtin :
}

__winnow_notice() {
  __winnow_notices+=${__winnow_notices:+,}\"$1\"
}

# A current directory, and the right to use the work directory, whatever a cell did to them.
__winnow_stand() {
  if [[ ! -x /work || ! -w /work || ! -r /work ]]; then
    builtin command -p chmod 755 /work || builtin :
    __winnow_notice 'The work directory could not be used any more; its rights are set again.'
  fi
  if [[ ! . -ef "${PWD-}" ]]; then
    builtin cd /work || builtin :
    __winnow_notice 'The current directory was removed; the session stands in its work directory again.'
  fi
}

__winnow_begin() {
  __winnow_count=$1 __winnow_open=1 __winnow_line= __winnow_hits=0 __winnow_notices=
  __winnow_base=${BASH_LINENO[0]}
  __winnow_stand
}

# Called at each command that fails: $1 its line. `eval`, whose line is that of the cell's first line too, fails last, so once more than the cell did.
__winnow_failed() {
  if (($1 > __winnow_base)); then
    __winnow_line=$(($1 - __winnow_base + 1))
  elif ((++__winnow_hits == 2)) && [[ -z $__winnow_line ]]; then
    __winnow_line=1
  fi
}

__winnow_end() {
  builtin local ending
  __winnow_open=
  __winnow_stand
  __winnow_tell_left
  if [[ $1 == interrupted ]]; then
    ending='{"kind":"interrupted"}'
  elif [[ $1 == 0 ]]; then
    ending='{"kind":"done"}'
  else
    ending='{"kind":"failed","error":{"name":"exit status '$1'","message":"the last command ended with status '$1'","line":'${__winnow_line:-null}',"column":null,"frames":[]}}'
  fi
  __winnow_sync
  __winnow_send 3 '{"count":'$__winnow_count',"ending":'"$ending"',"notices":['"$__winnow_notices"']}'
}

# Processes that outlive the cell: all that there are, less the first of the namespace and this shell.
__winnow_tell_left() {
  builtin local entry count=0
  for entry in /proc/*; do
    case $entry in /proc/[0-9]*) count=$((count + 1)) ;; esac
  done
  if ((count > __winnow_left)); then __winnow_notice "Processes that go on after the cell: $((count - __winnow_left))."; fi
  __winnow_left=$((count > 2 ? count : 2))
}

PROMPT_COMMAND='{ if [[ -n $__winnow_open ]]; then __winnow_end interrupted; fi; } 2>/dev/null'
__winnow_send 1 '{}'
