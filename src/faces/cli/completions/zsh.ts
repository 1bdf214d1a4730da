/** The completion script for zsh; works sourced and as `_winnow` in `$fpath`. */
import type { Argument, Flag, Shape } from '../shape.ts';
import { type Group, isDirectory, isFile, quoted } from './mod.ts';

export function zshScript(groups: readonly Group[]): string {
  return `#compdef winnow
_winnow() {
  local -a verbs parts
  verbs=(
${groups.map((group) => `    ${described(group.word, group.summary)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t verbs verb verbs
    return
  fi
  case "$words[2]" in
${groups.map(groupCase).join('\n')}
    help) _describe -t verbs verb verbs ;;
  esac
}
if [[ "$funcstack[1]" == _winnow ]]; then _winnow "$@"; else compdef _winnow winnow; fi
`;
}

function groupCase({ word, verb, parts }: Group): string {
  const lines = [`    ${word})`];
  if (parts.length > 0) {
    lines.push('      if (( CURRENT == 3 )); then', '        parts=(');
    for (const part of parts) lines.push(`          ${described(part.word, part.shape.summary)}`);
    lines.push(
      '        )',
      '        _describe -t parts part parts',
      '        return',
      '      fi',
      '      case "$words[3]" in',
    );
    for (const part of parts) lines.push(`      ${part.word})`, verbBody(part.shape, 2), '      ;;');
    lines.push('      esac');
  } else if (verb !== null) lines.push(verbBody(verb, 1));
  lines.push('      ;;');
  return lines.join('\n');
}

function verbBody(shape: Shape, wordsOfVerb: number): string {
  const specs = [...shape.flags.flatMap(flagSpecs), ...shape.arguments.map(argumentSpec)];
  return [
    `        shift ${wordsOfVerb} words; (( CURRENT -= ${wordsOfVerb} ))`,
    `        _arguments -s -S ${specs.map((spec) => `\\\n          ${spec}`).join(' ')}`,
  ].join('\n');
}

function flagSpecs(flag: Flag): string[] {
  const names = [flag.short, flag.name].filter((name) => name !== null);
  const exclusive = flag.repeats ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const value = flag.value === null ? '' : `:${flag.value}:${actionOf(flag.offers, flag.value)}`;
  return names.map((name) => quoted(`${exclusive}${name}[${bracketed(flag.help)}]${value}`));
}

function argumentSpec(argument: Argument): string {
  const place = argument.variadic ? '*' : argument.required ? ':' : '::';
  const start = argument.variadic ? '*:' : place;
  return quoted(`${start}${argument.label}:${actionOf(argument.offers, argument.label)}`);
}

function actionOf(choices: readonly string[], label: string): string {
  if (choices.length > 0) return `(${choices.join(' ')})`;
  return isFile(label) ? '_files' : isDirectory(label) ? '_files -/' : ' ';
}

const described = (word: string, text: string): string => quoted(`${word}:${text.replaceAll(':', '\\:')}`);

const bracketed = (text: string): string => text.replace(/[[\]\\:]/g, '\\$&');
