/** The scripts are run by the shells they are for; a shell that is not installed is skipped, by name. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operationTable } from '../../operations/table.ts';
import { completionScript } from './mod.ts';

const folder = mkdtempSync(join(tmpdir(), 'winnow-completions-'));
const verbs = [...new Set(operationTable.map((row) => row.name.split(' ')[0]))].sort();
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** Runs `script` in `shell`, with `$1` the folder of the completion scripts. */
function run(shell: string, flags: readonly string[], script: string): string[] {
  const result = spawnSync(shell, [...flags, '-c', script], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  expect(result.stderr).toBe('');
  return result.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    writeFileSync(join(folder, `winnow.${shell}`), await completionScript(shell));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!has('bash'))('bash (skipped where bash is not installed)', () => {
  const complete = (...words: string[]): string[] =>
    run(
      'bash',
      ['--norc', '--noprofile'],
      `source ./winnow.bash; COMP_WORDS=(winnow ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _winnow; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  test('verbs', () => expect(complete('').sort()).toEqual([...verbs, '--help', '--version'].sort()));
  test('a verb begun', () => expect(complete('comple')).toEqual(['completions']));
  test('choices of an argument', () => expect(complete('completions', 'z')).toEqual(['zsh']));
  test('flags', () => expect(complete('completions', '--')).toEqual(['--json', '--help', '--debug']));
});

describe.skipIf(!has('zsh'))('zsh (skipped where zsh is not installed)', () => {
  // A pseudo-terminal with a real line editor; one Tab lists.
  const complete = (line: string): string =>
    run(
      'zsh',
      ['-f'],
      `zmodload zsh/zpty; zpty z zsh -f -i
       zpty -w z 'PS1=; autoload -Uz compinit; compinit -D -u; source ./winnow.zsh'
       zpty -w z "LINES=200; LISTMAX=0; setopt no_auto_menu auto_list no_list_ambiguous; stty cols 200 rows 200; echo re''ady"
       while zpty -r z out; do [[ $out == *ready* ]] && break; done
       zpty -n -w z $'winnow ${line}\\t'
       integer quiet=0; while (( quiet < 16 )); do if zpty -r -t z out; then print -r -- "$out"; quiet=0; else sleep 0.05; quiet+=1; fi; done
       zpty -d z`,
    )
      .join('\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the editor's own escape sequences
      .replace(/\x1b\[[?\d;]*[A-Za-z]/g, '');
  test('verbs with their summaries', () => {
    const listed = complete('');
    for (const { name, summary } of operationTable.filter((row) => !row.name.includes(' '))) {
      expect(listed).toContain(name);
      expect(listed).toContain(summary.slice(0, 30));
    }
  });
  test('choices of an argument', () => expect(complete('completions ')).toMatch(/bash\s+fish\s+zsh/));
  test('flags', () => expect(complete('completions --')).toContain('Print this help'));
});

describe.skipIf(!has('fish'))('fish (skipped where fish is not installed)', () => {
  const complete = (line: string): string[] =>
    run('fish', ['-N'], `source ./winnow.fish; complete -C 'winnow ${line}'`).map(
      (row) => row.split('\t')[0] as string,
    );
  test('verbs', () => expect(complete('').sort()).toEqual(verbs));
  test('choices of an argument', () => expect(complete('completions ').sort()).toEqual(['bash', 'fish', 'zsh']));
  test('flags', () => expect(complete('completions --').sort()).toEqual(['--debug', '--help', '--json']));
});
