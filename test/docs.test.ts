/** Documents stay true: links lead somewhere, the commands they show are commands, and README's examples print what it says. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parseWords } from '../src/faces/cli/parse.ts';
import { shapeOf } from '../src/faces/cli/shape.ts';
import { operationTable } from '../src/faces/operations/table.ts';
import { environment, launcher, root, workspace } from './program.ts';

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
    // What a shell does with the output is the shell's; what is in quotes is not.
    const bare = command.replace(/^.*?\bwinnow (-- )?/, '').replace(/^((?:"[^"]*"|'[^']*'|[^"')>|])*)[)>|].*$/, '$1');
    const words = shellWords(bare);
    const row = operationTable.find(({ name }) => bare.startsWith(`${name} `) || bare === name);
    expect(row, command).toBeDefined();
    if (row === undefined) return;
    const operation = await row.load();
    expect(() => parseWords(operation, shapeOf(operation), words.slice(row.name.split(' ').length))).not.toThrow();
  });
});

describe("README's examples print what it says", () => {
  const { dir, home, remove } = workspace();
  afterAll(remove);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  /** The first block of a language that has `part`, and the block of text after it. */
  function example(language: string, part: string): { source: string; printed: string } {
    const pairs = readme.matchAll(/^```(\w+)\n((?:(?!```)[\s\S])*)^```\n+```text\n((?:(?!```)[\s\S])*)^```/gm);
    const found = [...pairs].find((pair) => pair[1] === language && pair[2]?.includes(part));
    expect(found, `a block of ${language} with ${part}`).toBeDefined();
    return { source: found?.[2] ?? '', printed: found?.[3] ?? '' };
  }

  test('winnow run', () => {
    const { source, printed } = example('sh', '| winnow run');
    const script = `winnow() { "${process.execPath}" "${launcher}" "$@" 2>&1; }\n${source}`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env: environment(home), cwd: dir });
    // How long it took, which backend there is, and what one without bubblewrap adds differ between machines.
    const alike = (text: string) =>
      text
        .replace(/^run: Only the engine's own walls .*\n/gm, '')
        .replace(/after [\d.]+ s/g, 'after 1 s')
        .replace(/\((\w+), (native|embedded)\)/g, '($1)');
    expect(alike(stdout)).toBe(alike(printed));
  });

  test('openRunner and runAll', () => {
    const { source, printed } = example('ts', 'openRunner');
    const file = join(dir, 'example.ts');
    writeFileSync(file, source.replace(`'./src/`, `'${pathToFileURL(root)}/src/`));
    const env = { ...environment(home), TMPDIR: dir };
    const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', file], { encoding: 'utf8', env });
    expect([stderr, stdout]).toEqual(['', printed]);
  });
});
