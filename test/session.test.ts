/** `winnow session` and `winnow repl` as users and agents meet them: state between commands, one host, and everything that can end badly. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { environment, launcher, type Ran, winnow as winnowAlone, workspace } from './program.ts';

const { dir, home, remove } = workspace();
const homes = new Set([home]);
beforeAll(() => mkdirSync(dir, { recursive: true }));
afterAll(() => {
  for (const one of homes) endHost(one);
  remove();
});

const isWindows = process.platform === 'win32';

const run = (words: readonly string[], options: { home?: string; input?: string; cwd?: string } = {}): Ran =>
  winnow(['session', ...words], { home, cwd: dir, ...options });

/** In a process of its own, for hosts that are killed: the process that started one has ended by then, as it has for users. */
const runAlone: typeof run = (words, options = {}) =>
  winnowAlone(['session', ...words], { home, cwd: dir, ...options });

/** Without waiting for it. */
function start(words: readonly string[], at = home): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(process.execPath, [launcher, 'session', ...words], { env: environment(at), cwd: dir });
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      parts[name] += part;
    });
  const ended = new Promise<Ran>((resolve) => child.once('close', (status) => resolve({ status, ...parts })));
  return { child, ended };
}

function hostPid(at: string): number | null {
  const names = readdirSync(join(at, 'sessions')).filter((name) => /^host-\d+\.json$/.test(name));
  const numbers = names.map((name) => Number(/\d+/.exec(name)?.[0])).sort((a, b) => a - b);
  const last = numbers.at(-1);
  return last === undefined
    ? null
    : (JSON.parse(readFileSync(join(at, 'sessions', `host-${last}.json`), 'utf8')) as { pid: number }).pid;
}

function endHost(at: string): void {
  if (!existsSync(join(at, 'sessions'))) return;
  const pid = hostPid(at);
  try {
    if (pid !== null) process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}

function newSession(...words: string[]): string {
  const { status, stdout, stderr } = run(['new', '--lang', 'python', ...words]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^s-[a-z0-9]{8}\n$/);
  return stdout.trim();
}

const cell = (id: string, code: string, ...words: string[]): Ran => run(['run', id, ...words, '--', code]);

const report = (id: string, code: string) => {
  const { stdout } = run(['run', id, '--json', '--', code]);
  return JSON.parse(stdout).report as {
    count: number;
    ending: { kind: string; by?: string };
    outputs: { kind: string; content?: string; text?: string; table?: unknown; json?: unknown }[];
    omitted: { stdout: number };
  };
};

describe.skipIf(isWindows)('sessions between commands (skipped on Windows, which has no sockets with owners)', () => {
  test('state is kept, results and errors are told, exit codes tell', () => {
    const id = newSession('--name', 'state');
    expect(cell('state', 'import math\nx = 6 * 7\nprint("printed")\nx')).toEqual({
      status: 0,
      stdout: 'printed\n42\n',
      stderr: '',
    });
    expect(cell(id, 'x + 1').stdout).toBe('43\n');
    const failed = cell(id, 'y = 1\ny / 0');
    expect([failed.status, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toMatch(/cell 3, line 2[\s\S]*ZeroDivisionError: division by zero\n/);
    expect(report(id, '[{"a": 1, "b": "x"}]')).toMatchObject({
      count: 4,
      ending: { kind: 'done' },
      outputs: [{ kind: 'shown', isResult: true, table: { columns: ['a', 'b'], rows: [[1, 'x']] } }],
    });
    const shown = JSON.parse(run(['show', id, '--json']).stdout);
    expect(shown.cells.map(({ code }: { code: string }) => code).slice(1, 3)).toEqual(['x + 1', 'y = 1\ny / 0']);
    expect(shown.session).toMatchObject({ name: 'state', state: 'idle', cells: 4, language: 'python' });
    expect(run(['restart', id]).status).toBe(0);
    expect(cell(id, 'x').stderr).toMatch(/NameError/);
    expect(run(['end', id]).status).toBe(0);
    const over = cell(id, 'x');
    expect([over.status, over.stderr]).toEqual([2, expect.stringMatching(/^error\[session-over\].*was ended/)]);
    expect(run(['new', '--lang', 'python', '--name', 'state']).status).toBe(0);
  });

  test('a second language beside it, from standard input and from a file', () => {
    const { stdout } = run(['new', '--lang', 'bash']);
    const id = stdout.trim();
    expect(run(['run', id, '-'], { input: 'n=5; f() { echo "$((n * 2))"; }' }).status).toBe(0);
    writeFileSync(join(dir, 'cell.sh'), 'f\nfalse\n');
    const ran = run(['run', id, '--file', 'cell.sh']);
    expect([ran.status, ran.stdout]).toEqual([1, '10\n']);
  });

  test('output comes while the cell runs', async () => {
    const id = newSession();
    const { child, ended } = start(['run', id, 'import time\nprint("first", flush=True)\ntime.sleep(30)']);
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
    expect(run(['list']).stdout).toMatch(new RegExp(`${id} .*running`));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ status: 130, stdout: 'first\n' });
  });

  test('Ctrl-C interrupts the cell and not the session; so do another command, and the end of the one that waits', async () => {
    const id = newSession();
    cell(id, 'kept = "kept"');
    const loop = 'print("on", flush=True)\nwhile True: pass';
    const runs = async (): Promise<ReturnType<typeof start>> => {
      const started = start(['run', id, loop]);
      await new Promise<void>((resolve) => started.child.stdout?.once('data', () => resolve()));
      return started;
    };
    const byKey = await runs();
    byKey.child.kill('SIGINT');
    const interrupted = await byKey.ended;
    expect(interrupted.status).toBe(130);
    expect(cell(id, 'kept').stdout).toBe("'kept'\n");

    const byCommand = await runs();
    expect(run(['interrupt', id])).toMatchObject({ status: 0, stdout: 'Its cell was told to stop.\n' });
    expect((await byCommand.ended).status).toBe(1);
    expect(run(['interrupt', id]).status).toBe(1);

    const killed = await runs();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(cell(id, 'kept').stdout).toBe("'kept'\n");
  });

  test('what waits in line is taken back at once; restart and end do not wait', async () => {
    const id = newSession();
    const runs = start(['run', id, 'print("on", flush=True)\nwhile True: pass']);
    await new Promise<void>((resolve) => runs.child.stdout?.once('data', () => resolve()));
    const waits = start(['run', id, '1']);
    await expect.poll(() => run(['list']).stdout, { timeout: 20_000 }).toMatch(/1 waiting/);
    waits.child.kill('SIGINT');
    expect((await waits.ended).status).toBe(130);
    expect(run(['restart', id]).status).toBe(0);
    // A restart interrupts the cell first; one that heeds it has ended before its variables are gone.
    expect(await runs.ended).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/variables are gone|interrupted/),
    });
    const again = start(['run', id, 'print("on", flush=True)\nwhile True: pass']);
    await new Promise<void>((resolve) => again.child.stdout?.once('data', () => resolve()));
    expect(run(['end', id]).status).toBe(0);
    expect((await again.ended).status).not.toBe(0);
  });

  test('pictures are written where they are wanted, and told where they are not', () => {
    const id = newSession();
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
    cell(id, `import base64\nclass Picture:\n  def _repr_png_(self): return base64.b64decode("${png}")`);
    expect(cell(id, 'Picture()').stderr).toMatch(/1 picture; --out DIR writes/);
    expect(cell(id, 'Picture()', '--out', 'pictures').stderr).toMatch(/pictures\/cell-3-1\.png/);
    expect(readFileSync(join(dir, 'pictures/cell-3-1.png')).toString('base64')).toBe(png);
    expect(cell(id, 'Picture()', '--png', 'one.png').status).toBe(0);
    expect(readFileSync(join(dir, 'one.png')).toString('base64')).toBe(png);
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'link.png'));
    expect(cell(id, 'Picture()', '--png', 'link.png').status).toBe(3);
    expect(existsSync(join(dir, 'elsewhere'))).toBe(false);
  });

  test('twenty commands at once on one session run one after the other', async () => {
    const id = newSession();
    cell(id, 'seen = []');
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => start(['run', id, `seen.append(${index}); len(seen)`]).ended),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(20).fill(0));
    expect(all.map(({ stdout }) => Number(stdout)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    expect(cell(id, 'sorted(seen) == list(range(20))').stdout).toBe('True\n');
  });

  test('ten starts at once on a fresh home give one host, which has all their sessions', async () => {
    const fresh = join(dir, 'fresh');
    homes.add(fresh);
    const made = await Promise.all(Array.from({ length: 10 }, () => start(['new', '--lang', 'python'], fresh).ended));
    expect(made.map(({ status, stderr }) => [status, stderr])).toEqual(Array(10).fill([0, '']));
    const ids = made.map(({ stdout }) => stdout.trim());
    const { sessions } = JSON.parse(run(['list', '--json'], { home: fresh }).stdout);
    expect(sessions.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
    expect(run(['end', '--all'], { home: fresh }).stdout).toBe('10 sessions ended.\n');
    expect(run(['list'], { home: fresh }).stdout).toMatch(/^There are no sessions/);
  });

  test('a gigabyte of output is stopped at its limit, and neither kept nor held', () => {
    const id = newSession('--output', '1MiB');
    const ran = cell(id, 'for i in range(1000): print("x" * 1_000_000)');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/too much output/);
    expect(ran.stdout.length).toBeLessThan(2 * 2 ** 20);
    expect(cell(id, '"alive"').stdout).toBe("'alive'\n");
    const { host } = JSON.parse(run(['list', '--json']).stdout);
    expect(host.memoryBytes).toBeLessThan(400 * 2 ** 20);
  });

  test('an idle session ends by itself', async () => {
    const id = newSession('--idle', '300ms');
    await sleep(900);
    expect(cell(id, '1')).toMatchObject({ status: 2, stderr: expect.stringMatching(/idle time/) });
    expect(JSON.parse(run(['list', '--all', '--json']).stdout).sessions).toContainEqual(
      expect.objectContaining({ id, state: 'timed-out' }),
    );
  });

  test('hostile ids and names are refused, and reach no path', async () => {
    const hostile = ['../../etc/passwd', '..', '', 'a/b', 'x'.repeat(500), '\u202ea', 'a\nb', '.hidden'];
    const all = await Promise.all(
      hostile.map((id, at) => start(at % 2 === 0 ? ['show', id] : ['new', '--lang', 'python', '--name', id]).ended),
    );
    for (const ran of all)
      expect(ran).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(/^error\[bad-usage\]/) });
  });

  test('a name is taken once, and may not look like an id', () => {
    newSession('--name', 'twice');
    expect(run(['new', '--lang', 'python', '--name', 'twice']).stderr).toMatch(/lives already/);
    expect(run(['new', '--lang', 'python', '--name', 's-abcdefgh']).stderr).toMatch(/look like an id/);
    expect(run(['new', '--lang', 'python', '--idle', '1000h']).stderr).toMatch(/--idle must be from/);
    expect(run(['new', '--lang', 'cobol']).stderr).toMatch(/^error\[unknown-language\]/);
  });

  test('files go in and out, large ones by parts', () => {
    const id = newSession();
    const big = Buffer.alloc(40 * 2 ** 20, 'a line of some text\n');
    writeFileSync(join(dir, 'big.txt'), big);
    writeFileSync(join(dir, 'small.txt'), 'small');
    expect(run(['put', id, 'big.txt', 'small.txt'])).toMatchObject({ status: 0, stdout: '2 files put.\n' });
    const sum = `import hashlib\nhashlib.sha256(open("big.txt", "rb").read()).hexdigest()`;
    const expected = createHash('sha256').update(big).digest('hex');
    expect(cell(id, sum).stdout).toBe(`'${expected}'\n`);
    cell(id, 'import os\nos.makedirs("out/.git")\nopen("out/copy.txt", "w").write(open("big.txt").read())');
    cell(id, 'os.symlink("/etc/passwd", "out/link"); open("out/.git/config", "w").write("x")');
    const got = run(['get', id, 'out/{copy.txt,link,.git/config}', '--out', 'got', '--json']);
    const { written, skipped } = JSON.parse(got.stdout);
    expect(written).toEqual([{ path: 'out/copy.txt', sizeBytes: big.length }]);
    expect(
      createHash('sha256')
        .update(readFileSync(join(dir, 'got/out/copy.txt')))
        .digest('hex'),
    ).toBe(expected);
    expect(skipped.map(({ path }: { path: string }) => path).sort()).toEqual(['out/.git/config', 'out/link']);
    const bounded = run(['get', id, 'out/copy.txt', '--out', 'less', '--limit-bytes', '1MiB']);
    expect([bounded.status, bounded.stdout]).toEqual([1, expect.stringMatching(/past the 1 MiB/)]);
    expect(run(['put', id, 'missing.txt']).stderr).toMatch(/^error\[path-not-found\]/);
  });

  test('a file whose name is no text is told, a cell of many lines is shown cut, one of too much code refused', ({
    skip,
  }) => {
    const id = run(['new', '--lang', 'python']).stdout.trim();
    if (!run(['show', id]).stdout.includes('native')) skip('no native sandbox here');
    const long = `open(b"\\xff", "w").close(); open("x.txt", "w").close()\n${'#\n'.repeat(150_000)}`;
    expect(run(['run', id, '-'], { input: long })).toMatchObject({ status: 0 });
    expect(run(['get', id, '--out', 'names'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/1 file written.*\n.* was not written: its name is not UTF-8/),
    });
    expect(run(['show', id])).toMatchObject({ status: 0, stdout: expect.stringContaining('149,961 lines more') });
    writeFileSync(join(dir, 'large.py'), new Uint8Array((16 << 20) + 1));
    expect(run(['run', id, '--file', 'large.py'])).toMatchObject({ status: 2 });
    expect(run(['end', id]).status).toBe(0);
  });

  test('copies go their own ways, from a fork and from a snapshot', () => {
    const id = newSession();
    cell(id, 'x = [1]');
    const copy = run(['fork', id]).stdout.trim();
    run(['snapshot', id, '--name', 'before']);
    cell(id, 'x.append(2)');
    cell(copy, 'x.append(3)');
    expect([cell(id, 'x').stdout, cell(copy, 'x').stdout]).toEqual(['[1, 2]\n', '[1, 3]\n']);
    run(['end', id]);
    const opened = run(['open', 'before']).stdout.trim();
    expect(cell(opened, 'x').stdout).toBe('[1]\n');
    expect(run(['end', 'before']).status).toBe(0);
    expect(run(['open', 'before']).stderr).toMatch(/^error\[unknown-session\]/);
  });

  const offers = JSON.parse(winnow(['run', '--languages', '--json'], { home }).stdout);
  const native = offers.backends.find(({ backend }: { backend: string }) => backend === 'native');
  const noNative = native.state === 'ready' ? '' : `no native backend here: ${native.reason}`;

  describe.skipIf(noNative !== '')(`over a directory (skipped: ${noNative || 'never'})`, () => {
    const tree = join(dir, 'tree');
    const now = (): string[] =>
      readdirSync(tree, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) =>
          statSync(join(tree, name)).isFile() ? `${name}: ${readFileSync(join(tree, name), 'utf8')}` : name,
        );

    beforeAll(() => {
      mkdirSync(join(tree, 'sub'), { recursive: true });
      writeFileSync(join(tree, 'a.txt'), 'one\n');
      writeFileSync(join(tree, 'sub/b.txt'), 'two\n');
    });

    test('it stays as it is until what changed is kept, and that can be taken back', () => {
      const before = now();
      const over = (...words: string[]): string => newSession('--in', 'tree', ...words);
      const change =
        'import os\nopen("a.txt", "w").write("changed\\n"); os.remove("sub/b.txt"); open("new", "w").write("n")';

      const dropped = over();
      expect(cell(dropped, change).status).toBe(0);
      expect(cell(dropped, 'open("a.txt").read()').stdout).toBe("'changed\\n'\n");
      expect(now()).toEqual(before);
      expect(run(['fork', dropped]).stderr).toMatch(/cannot be copied/);
      const told = run(['end', dropped, '--drop']);
      expect(told.stdout).toMatch(/-one\n\s+\+changed\n[\s\S]*dropped: /);
      expect(now()).toEqual(before);

      const kept = over();
      cell(kept, change);
      const { ended } = JSON.parse(run(['end', kept, '--keep', '--json']).stdout);
      expect(ended).toMatchObject([{ id: kept, was: 'alive', changed: { applied: { result: 'kept' } } }]);
      expect(now()).toEqual(['a.txt: changed\n', 'new: n', 'sub']);
      expect(winnow(['undo', ended[0].changed.entry.id], { home, cwd: dir }).status).toBe(0);
      expect(now()).toEqual(before);
    });

    test('one that changed underneath is a conflict, and a killed host leaves it as it was', () => {
      const before = now();
      const id = newSession('--in', 'tree');
      cell(id, 'open("a.txt", "w").write("mine")');
      writeFileSync(join(tree, 'a.txt'), 'theirs\n');
      const ended = run(['end', id, '--keep']);
      expect([ended.status, ended.stdout]).toEqual([1, expect.stringMatching(/conflict/)]);
      expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('theirs\n');
      writeFileSync(join(tree, 'a.txt'), 'one\n');

      const killed = newSession('--in', 'tree');
      cell(killed, 'open("a.txt", "w").write("mine")');
      process.kill(hostPid(home) as number, 'SIGKILL');
      expect(now()).toEqual(before);
      expect(runAlone(['end', '--all']).status).toBe(0);
      expect(winnowAlone(['history', '--recover'], { home, cwd: dir }).status).toBe(0);
      expect(now()).toEqual(before);
    });
  });

  test('a transcript is a notebook, and runs again to the same', () => {
    const id = newSession('--seed', '7');
    cell(id, 'import random\nrandom.random()');
    cell(id, 'print("café")\n[{"a": 1}, {"a": 2}]');
    cell(id, '1 / 0');
    expect(run(['export', id, '--notebook', 'a.ipynb']).status).toBe(0);
    const notebook = JSON.parse(readFileSync(join(dir, 'a.ipynb'), 'utf8'));
    expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
    expect(
      notebook.cells.map(({ outputs }: { outputs: { output_type: string }[] }) => outputs.map((o) => o.output_type)),
    ).toEqual([['execute_result'], ['stream', 'execute_result'], ['error']]);
    expect(run(['replay', 'a.ipynb', '--check'])).toMatchObject({
      status: 0,
      stdout: '3 cells gave the same, 0 something else.\n',
    });
    notebook.cells[1].outputs[0].text = 'coffee\n';
    writeFileSync(join(dir, 'b.ipynb'), JSON.stringify(notebook));
    const differs = run(['replay', 'b.ipynb', '--check', '--write', 'c.ipynb']);
    expect(differs).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^cell 2: stdout: line 1 was "coffee" and is "café"/),
    });
    expect(run(['replay', 'c.ipynb', '--check']).status).toBe(0);
    expect(run(['replay', 'big.txt']).stderr).toMatch(/^error\[bad-data\]/);
  });
});

describe.skipIf(isWindows)(
  'the process that holds sessions (skipped on Windows, which has no sockets with owners)',
  () => {
    const at = (name: string): string => {
      const place = join(dir, name);
      homes.add(place);
      return place;
    };

    test('killed: its sessions are told as lost, their transcripts stay whole, and the next command starts another', () => {
      const run = runAlone;
      const killed = at('killed');
      const id = run(['new', '--lang', 'python', '--name', 'work'], { home: killed }).stdout.trim();
      run(['run', 'work', 'x = "before"; x'], { home: killed });
      const pid = hostPid(killed) as number;
      process.kill(pid, 'SIGKILL');
      // As if it had been killed while it wrote.
      writeFileSync(join(killed, 'sessions/kept', id, 'cells.jsonl'), '{"kind":"cell","code":"half', { flag: 'a' });
      const list = run(['list'], { home: killed });
      expect(list.stdout).toMatch(new RegExp(`^${id}  work .*lost`));
      expect(run(['run', 'work', 'x'], { home: killed })).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^error\[session-over\].*was killed/),
      });
      const shown = JSON.parse(run(['show', 'work', '--json'], { home: killed }).stdout);
      expect(shown.cells.map(({ code }: { code: string }) => code)).toEqual(['x = "before"; x']);
      expect(run(['export', 'work', '--notebook', 'lost.ipynb'], { home: killed }).status).toBe(0);
      const next = run(['new', '--lang', 'python', '--name', 'work'], { home: killed }).stdout.trim();
      expect(run(['run', 'work', '"again"'], { home: killed }).stdout).toBe("'again'\n");
      expect(hostPid(killed)).not.toBe(pid);
      expect(run(['end', id], { home: killed }).stdout).toBe(`${id} has ended.\n`);
      expect(run(['list'], { home: killed }).stdout).toMatch(new RegExp(`^${next} `));
    });

    test('its directory is for its owner; one that others may enter is refused', () => {
      const open = at('open');
      run(['new', '--lang', 'python'], { home: open });
      expect(statSync(join(open, 'sessions')).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(join(open, 'sessions')).filter((one) => one.endsWith('.sock')))
        expect(statSync(join(open, 'sessions', name)).mode & 0o077).toBe(0);
      chmodSync(join(open, 'sessions'), 0o755);
      expect(run(['list'], { home: open })).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(/^error\[session-host\].*chmod 700/),
      });
      chmodSync(join(open, 'sessions'), 0o700);
      expect(run(['end', '--all'], { home: open }).status).toBe(0);
    });

    test('a home too long for the address of a socket works as well, and leaves nothing', async () => {
      const long = at(join('l'.repeat(80), 'o'.repeat(80)));
      mkdirSync(long, { recursive: true });
      const id = run(['new', '--lang', 'python'], { home: long }).stdout.trim();
      expect(run(['run', id, '1 + 1'], { home: long }).stdout).toBe('2\n');
      const record = readdirSync(join(long, 'sessions')).find((name) => /^host-\d+\.json$/.test(name)) as string;
      const { socket } = JSON.parse(readFileSync(join(long, 'sessions', record), 'utf8'));
      expect([socket.length < 108, statSync(dirname(socket)).mode & 0o777]).toEqual([true, 0o700]);
      endHost(long);
      await expect.poll(() => existsSync(dirname(socket)), { timeout: 20_000 }).toBe(false);
    });

    test('one of another version is told, and can be asked to end its sessions', () => {
      const other = at('other');
      run(['new', '--lang', 'python'], { home: other });
      const file = readdirSync(join(other, 'sessions')).find((name) => /^host-\d+\.json$/.test(name)) as string;
      const path = join(other, 'sessions', file);
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), version: '99.0.0' }));
      expect(run(['list'], { home: other })).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(/of Winnow 99\.0\.0.*end --all/),
      });
      expect(run(['end', '--all'], { home: other })).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/has ended/),
      });
    });
  },
);

describe('winnow repl', () => {
  test('from a pipe: blocks, results, errors', () => {
    const input =
      'x = 1\ndef f(a):\n    b = a\n\n    return b + 1\nf(x)\nfor i in range(2):\n    print(i)\nelse:\n    print("e")\n1/0\n';
    const { status, stdout, stderr } = winnow(['repl', '--lang', 'python'], { home, cwd: dir, input });
    expect([status, stdout]).toEqual([1, '2\n0\n1\ne\n']);
    expect(stderr).toMatch(/ZeroDivisionError/);
  });

  const python = spawnSync('python3', ['-c', 'import pty']).status === 0;
  const noTerminal = python && !isWindows ? '' : 'takes a terminal, which Python 3 makes';

  /** Types at a terminal: each entry is waited for, then typed. */
  function typed(words: readonly string[], steps: readonly (readonly [waitFor: string, type: string])[]): string {
    const script = `
import json, os, pty, select, sys, time
argv, steps = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execv(argv[0], argv)
seen, at = b"", 0
deadline = time.time() + 40
def read():
    global seen
    if select.select([fd], [], [], 0.2)[0]:
        part = os.read(fd, 65536)
        if not part: raise OSError
        seen += part
try:
    for wait, text in steps:
        while wait.encode() not in seen[at:]:
            if time.time() > deadline: raise OSError
            read()
        at = seen.index(wait.encode(), at) + len(wait)
        time.sleep(0.2)
        os.write(fd, text.encode())
    while time.time() < deadline: read()
except OSError: pass
os.write(1, seen)
`;
    const argv = [process.execPath, launcher, ...words];
    const env = { ...environment(home), TERM: 'xterm' };
    return spawnSync('python3', ['-c', script, JSON.stringify([argv, steps])], { encoding: 'utf8', env, cwd: dir })
      .stdout;
  }

  test.skipIf(noTerminal !== '')(
    `at a terminal: lines, blocks, Ctrl-C, Ctrl-D (skipped: ${noTerminal || 'never'})`,
    { timeout: 60_000 },
    () => {
      const seen = typed(
        ['repl', '--lang', 'python'],
        [
          ['python> ', 'x = 20\r'],
          ['python> ', 'def f():\r'],
          ['... ', '    return x + 1\r'],
          ['... ', '\r'],
          ['python> ', 'f() * 2\r'],
          ['42', ''],
          ['python> ', 'half a li\x03'],
          ['python> ', 'print("on"); exec("while True: pass")\r'],
          ['\non', '\x03'],
          ['python> ', 'x\r'],
          ['20', ''],
          ['python> ', '\x04'],
        ],
      );
      expect(seen).toMatch(/42\r\n[\s\S]*20\r\n/);
    },
  );

  test.skipIf(noTerminal !== '')(
    `escapes of a program do nothing to a terminal (skipped: ${noTerminal || 'never'})`,
    { timeout: 60_000 },
    () => {
      const { stdout } = run(['new', '--lang', 'python']);
      const code = 'print("\\x1b]0;title\\x07\\x1b[31mred")\nclass A:\n  def __repr__(self): return "\\x1b[2J"\nA()';
      const seen = typed(['session', 'run', stdout.trim(), code], []);
      expect(seen).toContain('red');
      expect(seen).not.toContain('\x1b');
      const failing = typed(['session', 'run', stdout.trim(), 'raise ValueError("\\x1b[2J")'], []);
      expect(failing).toContain('ValueError');
      expect(failing).not.toContain('\x1b[2J');
    },
  );
});
