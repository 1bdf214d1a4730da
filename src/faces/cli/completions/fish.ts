/** The completion script for fish 3 and later. */
import type { Flag, Shape } from '../shape.ts';
import { type Group, isDirectory, isFile } from './mod.ts';

export function fishScript(groups: readonly Group[]): string {
  const lines = ['# winnow completions for fish', 'complete -c winnow -f'];
  for (const { word, summary, verb, parts } of groups) {
    lines.push(`complete -c winnow -n __fish_use_subcommand -a ${word} -d ${fishQuoted(summary)}`);
    lines.push(`complete -c winnow -n '__fish_seen_subcommand_from help' -a ${word}`);
    if (verb !== null && parts.length === 0) lines.push(...verbLines(verb, `__fish_seen_subcommand_from ${word}`));
    const names = parts.map((part) => part.word).join(' ');
    for (const part of parts) {
      const before = `__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${names}`;
      lines.push(`complete -c winnow -n '${before}' -a ${part.word} -d ${fishQuoted(part.shape.summary)}`);
      const after = `__fish_seen_subcommand_from ${word}; and __fish_seen_subcommand_from ${part.word}`;
      lines.push(...verbLines(part.shape, after));
    }
  }
  return `${lines.join('\n')}\n`;
}

function verbLines(shape: Shape, condition: string): string[] {
  const lines = shape.flags.map((flag) => flagLine(flag, condition));
  for (const argument of shape.arguments) {
    if (argument.offers.length > 0)
      lines.push(`complete -c winnow -n '${condition}' -a '${argument.offers.join(' ')}'`);
    else if (isDirectory(argument.label))
      lines.push(`complete -c winnow -n '${condition}' -a '(__fish_complete_directories)'`);
    else if (isFile(argument.label)) lines.push(`complete -c winnow -n '${condition}' -F`);
  }
  return lines;
}

function flagLine(flag: Flag, condition: string): string {
  const parts = [`complete -c winnow -n '${condition}' -l ${flag.name.slice(2)}`];
  if (flag.short !== null) parts.push(`-s ${flag.short.slice(1)}`);
  if (flag.value !== null) parts.push(isFile(flag.value) ? '-rF' : '-x');
  if (flag.offers.length > 0) parts.push(`-a '${flag.offers.join(' ')}'`);
  else if (isDirectory(flag.value ?? '')) parts.push(`-a '(__fish_complete_directories)'`);
  parts.push(`-d ${fishQuoted(flag.help)}`);
  return parts.join(' ');
}

/** Single quotes; fish knows only `\\` and `\'` inside them. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
