/** `winnow run --in`, `keep`, `undo` and `history` as a user meets them, on real directories; and what a kill of the command leaves. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../src/base/mod.ts';
import { changingScript, makeTree, smallTree, toldTree } from '../src/run/overlay/tree.testing.ts';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, workspace } from './program.ts';
import { killRuns } from './undo-kills.ts';

/** With those of the applier in `src/run/overlay/kill.test.ts` they are 200; `perf/undo-kills.ts` does 200 of these. */
const kills = 8;

const { dir, home, remove } = workspace();
keepIn(home);
chmodSync(dir, 0o755);
afterAll(remove);

const offers = JSON.parse(winnow(['run', '--languages', '--json'], { home }).stdout);
const native = offers.backends.find(({ backend }: { backend: string }) => backend === 'native');
const noNative = native.state === 'ready' ? '' : `no native backend here: ${native.reason}`;

let count = 0;
/** A fresh tree and home, and commands on them. */
function place(files: Readonly<Record<string, string>> = smallTree) {
  const base = join(dir, String(count++));
  const tree = join(base, 'tree');
  const own = join(base, 'home');
  makeTree(tree, files);
  mkdirSync(own);
  const script = (text: string): string => {
    writeFileSync(join(base, 'script.sh'), text);
    return join(base, 'script.sh');
  };
  const run = (text: string, ...words: string[]) =>
    winnow(['run', script(text), '--in', tree, ...words], { home: own });
  const say = (...words: string[]) => winnow(words, { home: own });
  const json = (...words: string[]) => JSON.parse(say(...words, '--json').stdout);
  return { base, tree, own, script, run, say, json, before: toldTree(tree, 'all') };
}

describe.skipIf(noNative !== '')(`a run over a directory${noNative === '' ? '' : ` (${noNative})`}`, () => {
  test('shows what it changed and leaves it to wait; it is kept, and undone', () => {
    const { tree, run, say, before } = place();
    const ran = run(`${changingScript}\necho out`);
    expect(ran).toMatchObject({ status: 0, stdout: 'out\n' });
    expect(ran.stderr).toContain('~ a.txt');
    expect(ran.stderr).toContain('    +four\n');
    expect(ran.stderr).toContain('→ old name.txt → new name.txt');
    expect(ran.stderr).toContain('m bin/tool (755 → 700)');
    expect(ran.stderr).toMatch(/~ data\.bin \(binary: 3 bytes [0-9a-f]{12} → 3 bytes [0-9a-f]{12}\)/);
    expect(ran.stderr).toMatch(/nothing is changed in .* yet: winnow keep \w{8}, or winnow undo \w{8}\n$/);
    expect(toldTree(tree, 'all')).toBe(before);
    expect(say('keep', 'last')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^kept in /) });
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('one\ntwo\nthree\nfour\n');
    expect(say('history').stdout).toMatch(
      /kept {2}7 added, 2 changed, 4 removed, 1 renamed, 3 permissions, 1 times, 1 replaced/,
    );
    expect(say('undo', 'last')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^undone: /) });
    expect(toldTree(tree, 'all')).toBe(before);
    expect(say('undo', 'last')).toMatchObject({ status: 1, stderr: expect.stringContaining('undo-refused') });
  });

  test('--keep and --drop do at once what they say; a program in the directory runs from there', () => {
    const { tree, own, say, json } = place({
      'src/main.py': 'import part, os\nopen("made", "w").write(part.word + os.getcwd())\n',
      'src/part.py': 'word = "in "\n',
    });
    const run = (...words: string[]) =>
      winnow(['run', join(tree, 'src/main.py'), '--in', '.', ...words], { home: own, cwd: tree });
    expect(run('--drop').stderr).toContain('dropped: ');
    expect(existsSync(join(tree, 'made'))).toBe(false);
    expect(run('--keep').stderr).toMatch(/kept in .*; winnow undo \w{8} takes it back/);
    expect(readFileSync(join(tree, 'made'), 'utf8')).toBe(`in ${tree}`);
    expect(json('history').entries.map(({ state }: { state: string }) => state)).toEqual(['kept', 'dropped']);
    expect(say('history', '--in', '/').stdout).toContain('No program has run over a directory yet');
  });

  test('a conflict ends with 1, shows the difference, and loses nothing on either side', () => {
    const { tree, run, say } = place();
    run('echo theirs >> a.txt; echo more > more.txt');
    writeFileSync(join(tree, 'a.txt'), 'one\ntwo\nthree\nmine\n');
    const answer = say('keep', 'last');
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain('a.txt: its content is another one now');
    expect(answer.stdout).toContain('    -mine\n    +theirs\n');
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('one\ntwo\nthree\nmine\n');
    expect(existsSync(join(tree, 'more.txt'))).toBe(false);
    writeFileSync(join(tree, 'a.txt'), 'one\ntwo\nthree\n');
    expect(say('keep', 'last').status).toBe(0);
    writeFileSync(join(tree, 'a.txt'), 'again\n');
    const refused = say('undo', 'last');
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringContaining('-again') });
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('again\n');
    expect(existsSync(join(tree, 'more.txt'))).toBe(true);
  });

  test('the network needs its grant, is named before the run, and stays in the history', () => {
    const { run, say } = place();
    const ran = run('echo x > made', '--network', '--keep');
    expect(ran.stderr).toContain('cannot be taken back');
    expect(say('history').stdout).toContain('not undoable: it could use the network');
    expect(say('undo', 'last').stderr).toContain('What undo does not take back');
  });

  test('a terminal is asked; elsewhere --ask is refused', () => {
    const { tree, own, run, script, json } = place();
    expect(run('true', '--ask')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--ask needs a terminal'),
    });
    const command = `${process.execPath} ${launcher} run ${script('echo asked > made')} --in ${tree}`;
    const asked = (answer: string): string =>
      spawnSync('script', ['-qec', command, '/dev/null'], {
        env: environment(own),
        input: answer,
        encoding: 'utf8',
        timeout: 60_000,
      }).stdout;
    if (spawnSync('script', ['--version']).status !== 0) return;
    const shown = asked('n\n');
    expect(shown).toContain('Keep these changes?');
    expect(shown).toContain('\x1b[1m+\x1b[22m made');
    expect(shown).toContain('    \x1b[32m+asked\x1b[39m');
    expect(existsSync(join(tree, 'made'))).toBe(false);
    asked('y\n');
    expect(readFileSync(join(tree, 'made'), 'utf8')).toBe('asked\n');
    expect(json('history').entries.map(({ state }: { state: string }) => state)).toEqual(['kept', 'dropped']);
  });

  test('what cannot stand together, or is not there, is bad use', () => {
    const { own, tree, run, say } = place();
    for (const [words, said] of [
      [['--keep', '--drop'], 'exclude each other'],
      [['--count'], '--in excludes'],
      [['--backend', 'embedded'], 'no overlay over a directory'],
    ] as const)
      expect(run('true', ...words)).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
    const words = ['run', '-', '--lang', 'bash', '--stdin', '/dev/null'];
    for (const [more, said] of [
      [['--keep'], 'are for --in DIR'],
      [['--in', join(tree, 'missing')], 'path-not-found'],
      [['--in', join(tree, 'a.txt')], 'not-a-directory'],
      [['--in', '/'], 'lies in, the place where Winnow keeps'],
      [['--in', '/usr'], 'the sandbox has its own there'],
      [['--in', own], 'the place where Winnow keeps'],
    ] as const)
      expect(
        winnow(
          [...words, ...more].filter((word) => word !== '--stdin' && word !== '/dev/null'),
          { home: own, input: 'true' },
        ),
      ).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(said),
      });
    expect(say('keep', 'nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown-change') });
    expect(say('history', 'last').status).toBe(2);
  });

  test('hooks and links that lead out are pointed at, special bits and pipes are not kept', () => {
    const { tree, run } = place({ '.git/config': '[core]\n' });
    const { stderr } = run(
      'mkdir .git/hooks; echo "#!/bin/sh" > .git/hooks/pre-commit; ln -s /etc/passwd secret; cp /bin/true tool; chmod 4755 tool; mkfifo pipe',
      '--keep',
    );
    expect(stderr).toContain('look at .git/hooks/pre-commit: Git runs it');
    expect(stderr).toContain('look at secret: a link that leads out of the directory, to /etc/passwd');
    expect(stderr).toContain('look at tool: its set-user-ID');
    expect(stderr).toContain('left out pipe: a pipe, socket or device is not kept');
    expect(lstatSync(join(tree, 'tool')).mode & 0o7777).toBe(0o755);
    expect(existsSync(join(tree, 'pipe'))).toBe(false);
  });

  test('names that are no text and escape codes do no harm', () => {
    const { tree, run, say, before } = place();
    const { stderr } = run(
      "printf x > $'\\xff\\xfe'; printf x > $'a\\x1b[31mb'; printf 'r\\x1b[2J\\n' > a.txt",
      '--keep',
    );
    expect(stderr).not.toContain('\x1b');
    expect(toldTree(tree)).toContain('/\xff\xfe 644 1');
    expect(say('undo', 'last').status).toBe(0);
    expect(toldTree(tree, 'all')).toBe(before);
  });

  test('a kill of the whole command at any instant leaves it as before or as kept', { timeout: 300_000 }, async () => {
    const { tree, own, script } = place();
    const told = await killRuns(
      ['run', script(changingScript), '--in', tree, '--keep'],
      tree,
      own,
      kills,
      seededRandom(Date.now()),
    );
    expect(told.kills).toBe(kills);
  });
});
