/** Documents stay true: links lead somewhere, and the commands they show are commands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseWords } from '../src/faces/cli/parse.ts';
import { shapeOf } from '../src/faces/cli/shape.ts';
import { operationTable } from '../src/faces/operations/table.ts';
import { root } from './program.ts';

const pages = ['.', 'docs', 'docs/measurements', 'perf']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.md'));

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  test('links to files lead to files', () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] as string);
    const dead = targets.filter((to) => !/^[a-z]+:/.test(to) && !existsSync(resolve(root, dirname(page), to)));
    expect(dead).toEqual([]);
  });

  test('says nothing of one machine', () => {
    expect(text).not.toMatch(/(^|[\s`"'(=])\/(home|root|work|Users)\/\w/m);
  });
});

/** Words of a command as a shell splits them; enough for what documents hold. */
function shellWords(line: string): string[] {
  const words = line.replace(/\s#\s.*$/, '').matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/g);
  return [...words].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const inDocuments = pages.flatMap((page) => {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm);
  const lines = [...blocks].flatMap((block) => (block[1] as string).split('\n'));
  return lines.filter((line) => /^(npm run --silent winnow -- |npx winnow |winnow )/.test(line));
});
const inExamples = await Promise.all(
  operationTable.map(async (row) => (await row.load()).examples.map(({ command }) => command)),
);

describe('commands that documents and help show', () => {
  const commands = [...new Set([...inDocuments, ...inExamples.flat()])];
  test.each(commands)('%s', async (command) => {
    // What a shell does with the output is the shell's.
    const bare = command.replace(/^.*?\bwinnow (-- )?/, '').replace(/[)>|].*$/, '');
    const words = shellWords(bare);
    const row = operationTable.find(({ name }) => bare.startsWith(`${name} `) || bare === name);
    expect(row, command).toBeDefined();
    if (row === undefined) return;
    const operation = await row.load();
    expect(() => parseWords(operation, shapeOf(operation), words.slice(row.name.split(' ').length))).not.toThrow();
  });
});
