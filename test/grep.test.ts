/** `winnow grep` as a user runs it, and beside ripgrep on a tree of everything that is awkward. */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ours, theirs } from '../perf/grep-both.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const tree = join(dir, 'tree');
const run = (...words: string[]) => winnow(['grep', ...words], { home, cwd: tree });

const many = Array.from({ length: 9_000 }, (_, at) => `line ${at} of a long file`).join('\n');

beforeAll(() => {
  writeFiles(tree, {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.gitignore': '*.log\n/out/\n!keep.log\n',
    'src/a.ts': 'export function parseConfig(text: string) {\n  return JSON.parse(text);\n}\n\n// TODO: errors\n',
    'src/b.py':
      'def parse_config(text):\n    """Parse.\n    Straße und Kelvin K."""\n    return text\n\n\nclass Parser:\n    pass',
    'src/a/deep.ts': 'const deep = 1;\n',
    'src/crlf.txt': 'first line\r\nsecond foo\r\n\r\nlast foo\r\n',
    'src/empty.txt': '',
    'src/newlines.txt': '\n\n\n',
    'src/words.txt': 'foo foobar foo-bar _foo_ été\nnaïve foo日本 日本foo\nFOO Foo\n',
    'docs/guide.md': '# Guide\n\nfoo\nbar\nbaz\nfoo bar\n\n\nfoo\n',
    'latin1.txt': Buffer.from('caf\xe9 foo\n\xff\xfe raw \xe9t\xe9\nfoo\xe9\n', 'latin1'),
    'utf16.txt': Buffer.from('\ufefffoo wide\nbar\n', 'utf16le'),
    'bom.txt': '\ufefffoo marked\n',
    'binary.bin': Buffer.from('foo early\n\0\x01foo\n', 'latin1'),
    'short.bin': Buffer.from('x\nfoo\n\0foo\n', 'latin1'),
    'late.bin': Buffer.from(`${many}\n\0 late\nline 1 again\n`, 'latin1'),
    'long.txt': `${'x'.repeat(300_000)} foo ${'y'.repeat(300_000)}\nshort foo\n`,
    'many.txt': `${many}\n`,
    'a.log': 'foo ignored\n',
    'keep.log': 'foo kept\n',
    'out/o.txt': 'foo built\n',
    '.hidden/h.txt': 'foo hidden\n',
    'node_modules/m/i.js': 'foo module\n',
    'name with spaces.txt': 'foo\n',
  });
  symlinkSync('src', join(tree, 'link'));
});
afterAll(remove);

describe('winnow grep', () => {
  test('prints what matches, paths before it, and exits as ripgrep does', () => {
    expect(run('parse_?config', '-i', 'src')).toEqual({
      status: 0,
      stdout: 'src/a.ts:export function parseConfig(text: string) {\nsrc/b.py:def parse_config(text):\n',
      stderr: '',
    });
    expect(run('nowhere to be found')).toMatchObject({ status: 1, stdout: '', stderr: '' });
    expect(run('foo', 'no/such/place')).toMatchObject({ status: 2, stdout: '' });
    const bad = run('a(?=b)');
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain('character 2: look-ahead');
    expect(run().status).toBe(2);
    expect(run('foo', '-t', 'klingon').stderr).toContain('is no type of files');
  });

  test('answers from the index what it answers without one, and sees what changed since', () => {
    const before = run('-c', 'foo').stdout;
    expect(run('-c', 'foo').stdout).toBe(before);
    writeFiles(tree, { 'src/late.ts': 'foo late\n', 'docs/guide.md': 'nothing\n' });
    const after = run('-l', 'foo').stdout.split('\n');
    expect(after).toContain('src/late.ts');
    expect(after).not.toContain('docs/guide.md');
    rmSync(join(tree, 'src/late.ts'));
    writeFiles(tree, { 'docs/guide.md': '# Guide\n\nfoo\nbar\nbaz\nfoo bar\n\n\nfoo\n' });
    expect(run('-c', 'foo').stdout).toBe(before);
  });

  test('searches one file without its name, standard input, and what is asked for by name', () => {
    expect(run('foo', 'docs/guide.md', '-n').stdout).toBe('3:foo\n6:foo bar\n9:foo\n');
    expect(run('foo', 'a.log').stdout).toBe('foo ignored\n');
    expect(run('foo', 'out').stdout).toBe('out/o.txt:foo built\n');
    expect(run('foo', 'binary.bin').stdout).toBe('binary file matches (found "\\0" byte around offset 10)\n');
    const piped = winnow(['grep', 'b.r', '-'], { home, cwd: tree, input: 'foo\nbar\n' });
    expect(piped.stdout).toBe('bar\n');
  });

  test('splits lines at NUL where ripgrep reads piece by piece: files met on the way, pipes, and files beside a directory', () => {
    expect(run('--binary', '-c', '^', './', '-g', '*.bin').stdout).toBe(
      './binary.bin:3\n./late.bin:9003\n./short.bin:4\n',
    );
    expect(run('-c', '^', 'short.bin').stdout).toBe('3\n');
    expect(run('-c', '^', 'short.bin', 'docs').stdout).toBe('short.bin:4\ndocs/guide.md:9\n');
    const piped = winnow(['grep', '-c', '^', '-'], { home, cwd: tree, input: 'x\nfoo\n\0foo\n' });
    expect(piped.stdout).toBe('4\n');
    // The piece in which the NUL lies shows no line, those before it do.
    const late = run('--binary', 'line', './', '-g', 'late.bin').stdout.trimEnd().split('\n');
    expect(late.at(-1)).toMatch(/^\.\/late.bin: binary file matches/);
    const shown = late.slice(0, -1).map((line) => line.slice('./late.bin:'.length));
    const bytes = shown.join('\n').length + 1;
    expect(bytes).toBeGreaterThan(65_536 - 100);
    expect(bytes % 65_536).toBeGreaterThan(65_536 - 200);
  });

  test('reads what a shell gives as a pipe', () => {
    const command = `"${process.execPath}" "${launcher}" grep foo <(echo foo) <(echo 'a foo'; sleep 0.1; echo more foo) | sed 's/.*://'`;
    const { stdout } = spawnSync('bash', ['-c', command], { cwd: tree, encoding: 'utf8', env: environment(home) });
    expect(stdout).toBe('foo\na foo\nmore foo\n');
  });

  test('cuts nothing from what comes first, with context or without', () => {
    const said = 'binary file matches (found "\\0" byte around offset 10)\n';
    expect(run('-B', '1', 'early', 'binary.bin').stdout).toBe(said);
    expect(run('-C', '1', 'early', 'binary.bin', 'bom.txt').stdout).toBe(`binary.bin: ${said}`);
    expect(run('-C', '2', '-A', '0', '-B', '0', 'naïve', 'src').stdout).toBe('src/words.txt:naïve foo日本 日本foo\n');
  });

  test('prints ripgrep’s messages as JSON', () => {
    const messages = run('--json', 'foo', 'src/words.txt')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages.map(({ type }) => type)).toEqual(['begin', 'match', 'match', 'end', 'summary']);
    expect(messages[1].data).toMatchObject({
      path: { text: 'src/words.txt' },
      lines: { text: 'foo foobar foo-bar _foo_ été\n' },
      line_number: 1,
      absolute_offset: 0,
    });
    expect(messages[1].data.submatches).toHaveLength(4);
    expect(JSON.parse(run('--json', 'raw', 'latin1.txt').stdout.split('\n')[1] ?? '').data.lines).toEqual({
      bytes: Buffer.from('\xff\xfe raw \xe9t\xe9\n', 'latin1').toString('base64'),
    });
  });

  test('tells files that cannot be read and goes on', () => {
    const secret = join(tree, 'src/secret.ts');
    writeFiles(tree, { 'src/secret.ts': 'foo\n' });
    chmodSync(secret, 0);
    // Root reads everything.
    const readable = spawnSync('cat', [secret]).status === 0;
    const { status, stderr } = run('-l', 'foo');
    if (!readable) expect([status, stderr]).toEqual([2, expect.stringContaining('src/secret.ts')]);
    rmSync(secret);
  });

  test('works where no index can be kept', () => {
    const { status, stdout } = winnow(['grep', '-c', 'foo', 'docs'], { home: '/dev/null/none', cwd: tree });
    expect([status, stdout]).toEqual([0, 'docs/guide.md:3\n']);
  });

  test('stops when nobody reads any more', () => {
    const command = `"${process.execPath}" "${launcher}" grep line many.txt late.bin | head -n 1`;
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: tree, encoding: 'utf8', env: environment(home) });
    expect(stdout).toBe('many.txt:line 0 of a long file\n');
  });
});

/** ripgrep that reads patterns as ours are read: `-w` and word boundaries changed their meaning with 14. */
const program = process.env.WINNOW_RG ?? 'rg';
const version = /ripgrep (\d+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
const known = version !== undefined && Number(version) >= 13;
const recent = version !== undefined && Number(version) >= 14;
const reason = known ? '' : ' (skipped: ripgrep 13 or newer is not on the path)';

describe.skipIf(!known)(`what ripgrep prints${reason}`, () => {
  const same = async (words: readonly string[]): Promise<void> => {
    const [mine, rg] = [await ours(tree, home, words), theirs(program, tree, words)];
    expect({ words, exit: mine.exit, out: mine.out.toString('latin1') }).toEqual({
      words,
      exit: rg.exit,
      out: rg.out.toString('latin1'),
    });
  };

  test.each([
    ['foo'],
    ['-n', 'foo'],
    ['-i', 'FOO'],
    ['-S', 'foo'],
    ['-S', 'Foo'],
    ['-F', 'f.o'],
    ['-x', 'foo'],
    ['-v', 'foo'],
    ['-v', '-c', 'foo'],
    ['-c', 'o'],
    ['--count-matches', 'o'],
    ['-o', 'fo+'],
    ['-on', '[a-z]*'],
    ['-l', 'foo'],
    ['--files-without-match', 'foo'],
    // Of binary files the versions name other ones.
    ['-l', '-v', 'foo', '-g', '!*.bin'],
    ['-m', '1', 'foo'],
    ['-m', '2', '-c', 'foo'],
    ['-C', '1', 'foo'],
    ['-n', '-A', '2', 'bar'],
    ['-n', '-B', '2', 'baz'],
    ['-C', '1', '-v', 'foo'],
    ['-U', 'foo\\nbar'],
    ['-Un', 'foo\\s+bar'],
    ['-Uo', 'foo\\n.*'],
    ['-Uc', 'o\\n'],
    ['-U', '-C', '1', 'bar\\nbaz'],
    ['-U', '--multiline-dotall', 'Guide.*baz'],
    ['-U', '-v', 'foo\\nbar'],
    ['--column', 'foo'],
    ['--hidden', 'foo'],
    ['--no-ignore', 'foo'],
    ['--no-ignore', '--hidden', '-l', 'foo'],
    ['-g', '*.txt', 'foo'],
    ['-g', '!*.txt', 'foo'],
    ['-g', 'src/**', 'foo'],
    ['-g', '/src/*.{ts,py}', 'a'],
    ['-g', '*.log', 'foo'],
    ['-t', 'py', 'pass'],
    ['-T', 'ts', 'e'],
    ['-n', '-N', 'foo'],
    ['-N', '-n', 'foo'],
    ['--column', '-N', 'foo'],
    ['-N', '--column', 'foo'],
    ['-u', 'foo'],
    ['-uu', '-l', 'foo'],
    ['-u', '-u', '-c', 'foo'],
    ['-uuu', 'foo'],
    ['-uuu', '-c', 'o'],
    ['--binary', 'foo'],
    ['--binary', 'line'],
    ['--binary', '-c', '^'],
    ['-uuu', '-x', '-C', '1', ''],
    ['-a', 'foo'],
    ['-a', '-c', ''],
    ['-e', 'foo', '-e', 'class'],
    ['', '-c'],
    ['^$', '-c'],
    ['$', '-m', '3', '-n'],
    ['line 1\\b', '-c'],
    ['foo\\r$'],
    ['\\xE9'],
    ['(?-u:\\xE9)'],
    ['日本'],
    ['(?i)straSSe|kelvin k'],
    ['-i', 'été'],
    ['\\p{Lu}{2,}'],
    ['foo', 'src', 'docs/guide.md'],
    ['foo', './docs', 'name with spaces.txt'],
    ['-I', 'foo'],
    ['-H', 'foo', 'docs/guide.md'],
  ])('%s %s %s %s %s', async (...words) => {
    const given = words.filter((word): word is string => word !== undefined);
    const paths = given.some((word) => /^(\.\/)?(src|docs|name)/.test(word));
    await same(paths ? given : [...given, './']);
  });

  test('paths as they were given: with -e the first word is one', async () => {
    for (const words of [
      ['-e', 'foo', '.'],
      ['-e', 'foo', './'],
      ['foo', '.'],
      ['-e', 'foo', 'docs'],
    ])
      await same(words);
  });

  test('generated patterns', { timeout: 90_000 }, async () => {
    const atoms = fc.constantFrom(
      'f',
      'o',
      'foo',
      'bar',
      'e',
      '.',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
      '\\d',
      '[a-f]',
      '[^o]',
      '^',
      '$',
      '(?:fo|b)',
      'é',
      '\\b',
      '(?i:O)',
      ' ',
      ',',
      '',
    );
    const signs = fc.constantFrom('', '', '', '*', '+', '?', '+?', '{2}');
    const sequence = fc
      .array(fc.tuple(atoms, signs), { minLength: 1, maxLength: 5 })
      .map((parts) =>
        parts.map(([atom, sign]) => (/^[\\^$]?$|^\\b$|\\[bB]/.test(atom) || atom === '' ? atom : atom + sign)).join(''),
      );
    const pattern = fc.array(sequence, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|'));
    const flags = fc.constantFrom<string[]>(
      [],
      ['-n'],
      ['-i'],
      ['-o'],
      ['-c'],
      ['-v'],
      ['-l'],
      ['-x'],
      ['-C1', '-n'],
      ['--count-matches'],
      ['-U'],
      ['-a', '-c'],
      ...(recent ? [['-w'], ['-w', '-o']] : []),
    );
    await fc.assert(
      fc.asyncProperty(flags, pattern, (given, text) =>
        same([...given, '-e', text, '-g', '!many.txt', '-g', '!late.bin', './']),
      ),
      { seed: 40, numRuns: 80 },
    );
  });

  test('when everything is old enough to be known', async () => {
    const old = new Date(Date.now() - 3_600_000);
    const files = spawnSync('find', ['.', '-not', '-type', 'l'], { cwd: tree, encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    for (const file of files.reverse()) utimesSync(join(tree, file), old, old);
    for (const pattern of ['foo', 'parse', 'nowhere', 'class \\w+:']) {
      await same([pattern, './']);
      await same([pattern, './', '-i', '-n']);
    }
  });
});
