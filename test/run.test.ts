/** `winnow run` as a user meets it: streams, exit codes, files, bad use, Ctrl-C. The languages are the conformance suite's. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, winnow as winnowAlone, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const at = join(dir, 'programs');
beforeAll(() => {
  writeFiles(at, {
    'hello.py': 'import sys\nprint("hello", *sys.argv[1:])\n',
    'exit.py': 'import sys\nprint("out")\nprint("err", file=sys.stderr)\nsys.exit(int(sys.argv[1]))\n',
    'copy.py': 'import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\n',
    'bytes.py': 'import sys\nsys.stdout.buffer.write(bytes([255, 254, 0, 128]))\n',
    'loop.py': 'print("started", flush=True)\nwhile True: pass\n',
    'flood.py': 'while True: print("x" * 1000)\n',
    'greet.py': 'import os\nprint(sorted(name for name in os.environ if name in ("GREETING", "WINNOW_HOME")))\n',
    'broken.py': 'def (:\n',
    'control.py': 'print("\\x1b[31mred\\x1b[0m")\n',
    'write.py':
      'import os\nos.makedirs("deep")\nopen("deep/made.txt", "w").write("made")\nopen("data.txt", "a").write("more")\n',
    'app/main.py': 'from lib.part import word\nprint(word, open("lib/data.txt").read())\n',
    'app/lib/__init__.py': '',
    'app/lib/part.py': 'word = "imported"\n',
    'app/lib/data.txt': 'beside',
    'other/part.py': 'word = "other"\n',
    'data.txt': 'data',
    script: '#!/usr/bin/env python3\nprint("by its first line")\n',
    'unknown.xyz': 'hello\n',
    'typed.txt': 'const a: number = 6;\nconsole.log(a * 7);\nthrow new Error("planted");\n',
    'signal.sh': 'kill -SEGV $$\n',
  });
});
afterAll(remove);

/** Embedded, which is on every machine, unless the words say otherwise. */
const run = (...words: string[]) =>
  winnow(['run', ...(words.includes('--backend') ? [] : ['--backend', 'embedded']), ...words], { home, cwd: at });
/** Without the line that a machine without bubblewrap adds when a program did not end well. */
const uncaveated = (stderr: string) => stderr.replace(/^run: Only the engine's own walls .*\n/m, '');
const json = (...words: string[]) => JSON.parse(run(...words, '--json').stdout);

const offers = JSON.parse(winnow(['run', '--languages', '--json'], { home }).stdout);
const native = offers.backends.find(({ backend }: { backend: string }) => backend === 'native');
const isLinux = process.platform === 'linux';
const noNative = native.state === 'ready' ? '' : `no native backend here: ${native.reason}`;

describe('a program', () => {
  test('prints on its own streams; nothing is added when it ends well', () => {
    expect(run('hello.py', 'a', '--', '-n', '--json')).toEqual({
      status: 0,
      stdout: 'hello a -n --json\n',
      stderr: '',
    });
  });
  test('and what it reads may be texts of the command itself', () => {
    const code = 'import sys\nprint(sys.argv[1:], input())';
    expect(run('--code', code, '--lang', 'python', '--input', 'read', '--', 'a', '-b')).toEqual({
      status: 0,
      stdout: "['a', '-b'] read\n",
      stderr: '',
    });
  });
  test('that ends with another code is a negative answer, and a line says so', () => {
    const { status, stdout, stderr } = run('exit.py', '5');
    expect([status, stdout, uncaveated(stderr)]).toEqual([1, 'out\n', 'err\nrun: exit code 5 (python, embedded)\n']);
  });
  test('passes its code on with --exit-code', () => {
    expect(run('exit.py', '5', '--exit-code').status).toBe(5);
    expect(run('exit.py', '0', '--exit-code').status).toBe(0);
    expect(run('loop.py', '--wall', '1s', '--exit-code').status).toBe(124);
  });
  test('is stopped by the clock, keeps what it wrote, and the flag is named', () => {
    const { status, stdout, stderr } = run('loop.py', '--wall', '1s');
    expect([status, stdout]).toEqual([1, 'started\n']);
    expect(uncaveated(stderr)).toMatch(
      /^run: stopped after [\d.]+ m?s: no elapsed time left; --wall sets how much it has \(python, embedded\)\n$/,
    );
  });
  test('is stopped by fuel', () => {
    const { status, stderr } = run('loop.py', '--fuel', '3e8', '--backend', 'auto');
    expect(status).toBe(1);
    expect(stderr).toMatch(/no fuel left; --fuel .* \(python, embedded\)/);
  });
  test('that floods is stopped, and --keep-output keeps both ends', () => {
    const { status, stdout, stderr } = run('flood.py', '--output', '1MB', '--keep-output', '4KB');
    expect([status, stdout.length]).toEqual([1, 4000]);
    expect(stderr).toMatch(/too much output on stdout; --output/);
    expect(stderr).toMatch(/bytes in the middle of stdout were not kept; --keep-output/);
  });
  test('that is no program says why', () => {
    const { status, stderr } = run('broken.py');
    expect(status).toBe(1);
    expect(stderr).toMatch(/SyntaxError[\s\S]*\nrun: /);
  });
  test('gets only the environment that is named', () => {
    expect(run('greet.py', '--env', 'GREETING=x=y').stdout).toBe("['GREETING']\n");
  });
  test('reads a file as its standard input', () => {
    expect(run('copy.py', '--stdin', 'data.txt').stdout).toBe('data');
    expect(run('copy.py').stdout).toBe('');
  });
  test('reads what was redirected from a file, and no pipe, unless told otherwise', () => {
    const words = ['run', 'copy.py', '--backend', 'embedded'];
    const redirected = (...more: string[]) => {
      const fd = openSync(join(at, 'data.txt'), 'r');
      try {
        return winnowAlone([...words, ...more], { home, cwd: at, stdio: [fd, 'pipe', 'pipe'] }).stdout;
      } finally {
        closeSync(fd);
      }
    };
    expect(redirected()).toBe('data');
    expect(redirected('--stdin', 'hello.py')).toMatch(/^import sys/);
    expect(winnowAlone(words, { home, cwd: at, input: 'piped' }).stdout).toBe('');
  });
  test.skipIf(!existsSync('/dev/null'))('reads nothing from the null device (skipped without /dev/null)', () => {
    expect(run('copy.py', '--stdin', '/dev/null')).toEqual({ status: 0, stdout: '', stderr: '' });
  });
  test('may have any name, and is told by it', () => {
    const { status, stdout, stderr } = run('typed.txt', '--lang', 'ts');
    expect([status, stdout]).toEqual([1, '42\n']);
    expect(stderr).toMatch(/typed\.txt\.ts:3/);
  });
  test.skipIf(noNative !== '')(`that a signal ends is told once (skipped: ${noNative || 'never'})`, () => {
    const { status, stderr } = run('signal.sh', '--backend', 'native');
    expect([status, stderr.match(/SIGSEGV/g)]).toEqual([1, ['SIGSEGV']]);
  });
  test.skipIf(process.platform === 'win32')('keeps its exit code when nobody reads it (skipped without sh)', () => {
    const program = `'${process.execPath}' '${launcher}' run exit.py 5 --backend embedded --exit-code`;
    const command = `{ ${program}; echo $? >&3; } 3>&2 2>&1 | true`;
    const { stderr } = spawnSync('sh', ['-c', command], { cwd: at, env: environment(home), encoding: 'utf8' });
    expect(stderr).toBe('5\n');
  });
  test('reads ours when told so', () => {
    const words = ['run', 'copy.py', '--stdin', '-', '--backend', 'embedded'];
    expect(winnowAlone(words, { home, cwd: at, input: 'through' }).stdout).toBe('through');
  });
  test('comes from standard input', () => {
    const words = ['run', '-', '--lang', 'py', '--backend', 'embedded', 'word'];
    const program = 'import sys\nprint(sys.argv[1:])\n';
    expect(winnow(words, { home, cwd: at, input: program }).stdout).toBe("['word']\n");
  });
  test('is known by its first line', () => expect(run('script').stdout).toBe('by its first line\n'));
  test('writes bytes that are no text, raw into a pipe', async () => {
    const child = spawn(process.execPath, [launcher, 'run', 'bytes.py', '--backend', 'embedded'], {
      cwd: at,
      env: environment(home),
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    await new Promise((resolve) => child.on('close', resolve));
    expect([...Buffer.concat(parts)]).toEqual([255, 254, 0, 128]);
    expect(run('control.py').stdout).toBe('\x1b[31mred\x1b[0m\n');
  });
  test.skipIf(!existsSync('/usr/bin/script'))('cannot control a terminal (skipped without script(1))', async () => {
    const command = `${process.execPath} ${launcher} run control.py --backend embedded`;
    const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], {
      cwd: at,
      env: environment(home),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.on('data', (part) => {
      shown += part;
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(shown).toContain('␛[31mred␛[0m');
    expect(shown).not.toContain('\x1b[31m');
  });
});

describe('files', () => {
  test('beside the program, by file, directory and pattern', () => {
    for (const files of [
      ['app'],
      ['app/lib'],
      ['app/lib/*', 'app/lib/*.py'],
      ['app/lib/__init__.py', 'app/lib/part.py', 'app/lib/data.txt'],
    ])
      expect(run('app/main.py', ...files.flatMap((file) => ['--files', file])).stdout).toBe('imported beside\n');
  });
  test('from elsewhere by their own names', () => {
    const input = 'import part, lib.part\nprint(part.word, lib.part.word)\n';
    const elsewhere = [
      'run',
      '-',
      '--lang',
      'python',
      '--backend',
      'embedded',
      '--files',
      '../other/part.py',
      '--files',
      'lib',
    ];
    expect(winnow(elsewhere, { home, cwd: join(at, 'app'), input }).stdout).toBe('other imported\n');
  });
  test('links in a directory are not followed', () => {
    mkdirSync(join(at, 'linked'));
    writeFileSync(join(at, 'linked/main.py'), 'import os\nprint(sorted(os.listdir(".")))\n');
    symlinkSync('/etc/hostname', join(at, 'linked/out'));
    symlinkSync('.', join(at, 'linked/loop'));
    expect(run('linked/main.py', '--files', 'linked').stdout).toBe("['main.py']\n");
  });
  test('that changed are written where --out says, the others nowhere', () => {
    const before = readdirSync(at).sort();
    expect(run('write.py', '--files', 'data.txt', '--out', 'out').status).toBe(0);
    expect(readFileSync(join(at, 'out/deep/made.txt'), 'utf8')).toBe('made');
    expect(readFileSync(join(at, 'out/data.txt'), 'utf8')).toBe('datamore');
    expect(readFileSync(join(at, 'data.txt'), 'utf8')).toBe('data');
    expect(readdirSync(at).sort()).toEqual([...before, 'out'].sort());
  });
});

describe('as JSON', () => {
  test('an outcome', () => {
    const answer = json('exit.py', '3');
    expect(answer).toMatchObject({
      schema: 'winnow.run/1',
      outcome: {
        backend: 'embedded',
        language: 'python',
        ending: { kind: 'exited', code: 3 },
        stdout: { encoding: 'utf-8', head: 'out\n', tail: '', omittedBytes: 0 },
        stderr: { encoding: 'utf-8', head: 'err\n', tail: '', omittedBytes: 0 },
        compile: null,
        files: [],
      },
    });
  });
  test('bytes that are no text', () => {
    expect(json('bytes.py').outcome.stdout).toEqual({
      encoding: 'base64',
      head: '//4AgA==',
      tail: '',
      omittedBytes: 0,
    });
  });
  test('the same count twice', () => {
    const [first, second] = [json('hello.py', '--count'), json('hello.py', '--count')].map(
      ({ outcome }) => outcome.usage,
    );
    expect(first.countUnit).toBe('wasm');
    expect(first.instructions).toBeGreaterThan(0);
    expect(second.instructions).toBe(first.instructions);
  });
  test('changed files', () => {
    const { files } = json('write.py').outcome;
    expect(files).toContainEqual({
      path: 'deep/made.txt',
      change: 'added',
      mode: expect.any(Number),
      encoding: 'utf-8',
      content: 'made',
    });
  });
  test('what runs here', () => {
    const { languages, backends, outcome } = json('--languages', '--backend', 'auto');
    expect(outcome).toBeNull();
    expect(languages.find(({ name }: { name: string }) => name === 'python').extensions).toEqual(['.py']);
    expect(backends.map(({ backend }: { backend: string }) => backend)).toEqual(['native', 'embedded']);
    expect(backends[1].runtimes).toContainEqual(
      expect.objectContaining({ language: 'python', state: 'ready', counts: 'wasm' }),
    );
  });
});

test('--languages lists for people', () => {
  const { status, stdout } = run('--languages', '--backend', 'auto');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ +name +native +embedded\n/);
  expect(stdout).toMatch(/^Python +python /m);
});

test('--doctor runs a program in each language, and fails only when something that claims to be ready does', () => {
  // Few native languages, as all of them compile from nothing; the embedded ones are all tried.
  const few = join(dir, 'few');
  mkdirSync(few);
  for (const name of ['bwrap', 'python3', 'bash', 'perl', 'node'])
    for (const place of ['/usr/bin', '/bin', '/usr/local/bin'])
      if (existsSync(join(place, name)) && !existsSync(join(few, name)))
        symlinkSync(join(place, name), join(few, name));
  const env = { ...environment(home), PATH: few };
  const { status, stdout } = winnow(['run', '--doctor'], { home, cwd: at, env, timeout: 150_000 });
  expect(stdout).toMatch(/^embedded +Python +ok /m);
  expect(status).toBe(/^\w+ +\S+ +failed /m.test(stdout) ? 1 : 0);
}, 180_000);

describe('bad use', () => {
  const check = (what: string, words: string[], code: string, exit: number, message: RegExp) =>
    test(what, () => {
      const { status, stdout, stderr } = run(...words);
      expect([status, stdout]).toEqual([exit, '']);
      expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: `));
      expect(stderr).toMatch(message);
    });
  check('no program', [], 'bad-usage', 2, /FILE is required/);
  check('a program that is not there', ['nowhere.py'], 'path-not-found', 2, /nowhere\.py does not exist/);
  check('a directory', ['app', '--lang', 'python'], 'bad-usage', 2, /is a directory/);
  check('no language to be seen', ['unknown.xyz'], 'unknown-language', 2, /Give --lang/);
  check('an unknown language', ['hello.py', '--lang', 'pythn'], 'unknown-language', 2, /Did you mean python\?/);
  check('standard input without a language', ['-'], 'bad-usage', 2, /needs --lang/);
  check('standard input twice', ['-', '--lang', 'python', '--stdin', '-'], 'bad-usage', 2, /already/);
  check('a time without a unit', ['hello.py', '--wall', '10'], 'bad-usage', 2, /--wall .*a time such as 500ms/);
  check('a negative time', ['hello.py', '--wall=-1s'], 'bad-usage', 2, /--wall/);
  check('no time', ['hello.py', '--wall', '0s'], 'bad-usage', 2, /--wall must be from 1 ms to 24 h; it was 0s/);
  check(
    'no memory',
    ['hello.py', '--memory', '0'],
    'bad-usage',
    2,
    /--memory must be from 4 MiB to 1024 GiB; it was 0/,
  );
  check(
    'too many processes',
    ['hello.py', '--processes', '99999'],
    'bad-usage',
    2,
    /--processes must be at most 32768/,
  );
  check('a size that is none', ['hello.py', '--memory', 'lots'], 'bad-usage', 2, /a size such as/);
  check('no fuel', ['hello.py', '--fuel', '0'], 'bad-usage', 2, /--fuel must be at least 1/);
  check(
    'fuel past all counting, told once',
    ['hello.py', '--fuel', '99999999999999999999'],
    'bad-usage',
    2,
    /^error\S+ --fuel must be at most 9007199254740991; it was 100000000000000000000\. See [^.]*\.\n$/,
  );
  check(
    'a seed past all seeds, told once',
    ['hello.py', '--seed', '99999999999999999999'],
    'bad-usage',
    2,
    /^error\S+ --seed must be at most 4294967295; it was \d+\. See [^.]*\.\n$/,
  );
  check(
    'a file to read from',
    ['hello.py', '--read', 'data.txt'],
    'not-a-directory',
    2,
    /--read takes a directory; data\.txt is a file/,
  );
  check('nothing to read from', ['hello.py', '--read', 'nowhere'], 'path-not-found', 2, /nowhere does not exist/);
  check(
    'a file to write into',
    ['hello.py', '--out', 'hello.py'],
    'not-a-directory',
    2,
    /--out takes a directory; hello\.py is a file/,
  );
  check('a variable without =', ['hello.py', '--env', 'X'], 'bad-usage', 2, /NAME=VALUE/);
  check('a clock that is none', ['hello.py', '--clock', 'noon'], 'bad-usage', 2, /--clock must be/);
  check('files that are not there', ['hello.py', '--files', '*.none'], 'path-not-found', 2, /No file fits/);
  check('the network, embedded', ['hello.py', '--network'], 'unsupported-job', 2, /neither the network/);
  check('a language of the other backend', ['unknown.xyz', '--lang', 'kotlin'], 'unsupported-job', 2, /has no Kotlin/);
  check('two questions', ['--languages', '--doctor'], 'bad-usage', 2, /exclude each other/);
  check('a program as a text without its language', ['--code', 'print(1)'], 'bad-usage', 2, /--code needs --lang/);
  check(
    'what it reads, twice',
    ['hello.py', '--input', 'x', '--stdin', 'data.txt'],
    'bad-usage',
    2,
    /--input and --stdin exclude each other/,
  );
  check('a question about a file', ['hello.py', '--doctor'], 'bad-usage', 2, /takes no FILE/);
  test.skipIf(!existsSync('/dev/zero'))('an endless file (skipped without /dev/zero)', () => {
    expect(run('hello.py', '--stdin', '/dev/zero').stderr).toMatch(
      /^error\[bad-usage\]: \/dev\/zero is a device; a file/,
    );
  });
  test.skipIf(process.platform === 'win32')('a pipe, which nobody may ever write to (skipped without mkfifo)', () => {
    execFileSync('mkfifo', [join(at, 'pipe')]);
    for (const words of [
      ['pipe', '--lang', 'python'],
      ['hello.py', '--stdin', 'pipe'],
      ['hello.py', '--files', 'pipe'],
    ]) {
      const { status, stderr } = run(...words);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^error\[bad-usage\]: pipe is a pipe; a file was expected/),
      ]);
    }
  });
  test('a link to itself', () => {
    symlinkSync('self.py', join(at, 'self.py'));
    for (const words of [['self.py'], ['hello.py', '--stdin', 'self.py'], ['hello.py', '--files', 'self.py']]) {
      const { status, stderr } = run(...words);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^error\[bad-usage\]: self\.py is a symbolic link that leads back/),
      ]);
    }
  });
  test('native on a machine without bubblewrap', () => {
    const env = { ...environment(home), PATH: join(dir, 'nowhere') };
    const { status, stderr } = winnow(['run', 'hello.py', '--backend', 'native'], { home, cwd: at, env });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error\[backend-unavailable\]: .*bubblewrap/);
    const { status: other, stdout, stderr: told } = winnow(['run', 'hello.py'], { home, cwd: at, env });
    expect([other, stdout]).toEqual([0, 'hello\n']);
    expect(told).toBe(
      isLinux ? 'run: The native backend cannot be used here: bubblewrap (bwrap) is not installed.\n' : '',
    );
  });
});

/** Waits until the command catches signals itself: of these three Node catches SIGHUP for nobody. */
async function listens({ pid }: { readonly pid?: number | undefined }): Promise<void> {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) await sleep(1_000);
  else while (!/^SigCgt:.*[13579bdf]$/m.test(readFileSync(status, 'utf8'))) await sleep(20);
}

describe('Ctrl-C', () => {
  const processes = (): string[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
        } catch {
          return [];
        }
      })
      .filter((words) => words.includes(home));
  test.skipIf(process.platform === 'win32').each([
    ['the program', 'SIGINT', 130, ['-', '--lang', 'python']],
    ['its input', 'SIGTERM', 143, ['hello.py', '--stdin', '-']],
  ] as const)('ends the waiting for %s, %s (skipped without signals)', async (_, signal, code, words) => {
    // A pipe that stays open and empty.
    const child = spawn(process.execPath, [launcher, 'run', ...words], { cwd: at, env: environment(home) });
    await listens(child);
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(code);
  });
  test.skipIf(!existsSync('/proc/self/environ')).each(['embedded', 'auto'])(
    'ends the program too and leaves no process, %s (skipped without /proc)',
    async (backend) => {
      const child = spawn(
        process.execPath,
        [launcher, 'run', 'loop.py', '--backend', backend, '--wall', '60s', '--cpu', '60s'],
        {
          cwd: at,
          env: environment(home),
        },
      );
      await listens(child);
      // By now the program runs, unless the machine is busy: it must end all the same.
      await sleep(1_000);
      expect(child.exitCode).toBeNull();
      child.kill('SIGINT');
      const [code] = await new Promise<[number | null]>((resolve) => child.on('exit', (exit) => resolve([exit])));
      expect(code).toBe(130);
      await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
    },
  );
});
