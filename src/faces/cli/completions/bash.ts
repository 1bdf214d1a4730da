/** The completion script for bash 3.2 and later (the one macOS ships), without the bash-completion package. */
import type { Shape } from '../shape.ts';
import { type Group, isDirectory, isFile, quoted } from './mod.ts';

export function bashScript(groups: readonly Group[]): string {
  const words = groups.map((group) => group.word).join(' ');
  return `# winnow completions for bash
_winnow() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local verb="\${COMP_WORDS[1]}" part="\${COMP_WORDS[2]}" flags='' choices='' paths=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W ${quoted(`${words} --help --version`)} -- "$cur"))
    return
  fi
  case "$verb" in
${groups.map(groupCase).join('\n')}
    help) choices=${quoted(words)} ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$choices" -- "$cur"))
    if [[ -n $paths ]]; then
      local IFS=$'\\n'
      COMPREPLY+=($(compgen $paths -- "$cur"))
      compopt -o filenames 2>/dev/null
    fi
  fi
}
complete -F _winnow winnow
`;
}

function groupCase({ word, verb, parts }: Group): string {
  const lines = [`    ${word})`];
  if (parts.length > 0) {
    lines.push(
      `      if [[ $COMP_CWORD -eq 2 ]]; then choices=${quoted(parts.map((part) => part.word).join(' '))}; else`,
    );
    lines.push('      case "$part" in');
    for (const part of parts) lines.push(`      ${part.word})`, verbBody(part.shape), '      ;;');
    lines.push('      esac; fi');
  } else if (verb !== null) lines.push(verbBody(verb));
  lines.push('      ;;');
  return lines.join('\n');
}

function verbBody(shape: Shape): string {
  const valued = shape.flags.filter((flag) => flag.value !== null);
  const lines = valued.map((flag) => {
    const names = [flag.name, flag.short].filter((name) => name !== null).join('|');
    if (flag.offers.length > 0) return `        ${names}) choices=${quoted(flag.offers.join(' '))} ;;`;
    return `        ${names}) ${pathsOf([flag.value ?? '']) === '' ? 'return' : `paths=${pathsOf([flag.value ?? ''])}`} ;;`;
  });
  const choices = shape.arguments.flatMap((argument) => argument.offers).join(' ');
  const paths = pathsOf(shape.arguments.map((argument) => argument.label));
  return [
    `        flags=${quoted(
      shape.flags
        .flatMap((flag) => [flag.name, flag.short ?? ''])
        .filter(Boolean)
        .join(' '),
    )}`,
    '        case "$prev" in',
    ...lines,
    `        *) choices=${quoted(choices)}; paths=${quoted(paths)} ;;`,
    '        esac',
  ].join('\n');
}

/** What `compgen` is to list beside the choices: `-f` files, `-d` directories, or nothing. */
function pathsOf(labels: readonly string[]): string {
  return labels.some(isFile) ? '-f' : labels.some(isDirectory) ? '-d' : '';
}
