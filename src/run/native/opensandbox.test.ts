/** What a program can and cannot do in the native sandbox, and that its ending is told exactly. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { WinnowError } from '../../base/mod.ts';
import type { Limits } from '../types.ts';
import { openSandbox } from './opensandbox.ts';
import type { Execution, ExecutionResult } from './sandbox.ts';

const settings = { cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 2 };
const sandbox = openSandbox(settings);
const availability = await sandbox.availability();
const reason = availability.state === 'ready' ? '' : availability.reason;
const counted = availability.state === 'ready' && availability.caveats.length === 0;
afterAll(() => sandbox.close());

const limits: Limits = {
  wallMs: 10_000,
  cpuMs: 5_000,
  fuel: null,
  memoryBytes: 128 << 20,
  outputBytes: 1 << 20,
  keepBytes: 1 << 16,
  processes: 32,
  fileBytes: 8 << 20,
};
type Wish = Partial<Omit<Execution, 'limits' | 'stdin' | 'files'>> & {
  readonly limits?: Partial<Limits>;
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, string>>;
};

function execution(argv: readonly string[], wish: Wish = {}): Execution {
  return {
    warm: null,
    env: { PATH: '/usr/bin:/bin', HOME: '/work', LC_ALL: 'C.UTF-8' },
    network: false,
    read: [],
    reservesMemory: false,
    collect: 'none',
    ...wish,
    argv,
    limits: { ...limits, ...wish.limits },
    stdin: Buffer.from(wish.stdin ?? ''),
    files: Object.entries(wish.files ?? {}).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  };
}

const run = (argv: readonly string[], wish?: Wish, signal?: AbortSignal): Promise<ExecutionResult> =>
  sandbox.execute(execution(argv, wish), signal);
const sh = (script: string, wish?: Wish): Promise<ExecutionResult> => run(['sh', '-c', script], wish);
const python = (script: string, wish?: Wish): Promise<ExecutionResult> => run(['python3', '-c', script], wish);
const text = (result: ExecutionResult): string => Buffer.from(result.stdout.head).toString();
const errorText = (result: ExecutionResult): string => Buffer.from(result.stderr.head).toString();
async function prints(result: Promise<ExecutionResult>, expected: string | RegExp): Promise<void> {
  const done = await result;
  expect(errorText(done)).toBe('');
  if (typeof expected === 'string') expect(text(done)).toBe(expected);
  else expect(text(done)).toMatch(expected);
}
const exited = (code: number): object => ({ kind: 'exited', code });
const processesNamed = (word: string): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`).includes(word);
    } catch {
      return false;
    }
  });

describe.skipIf(reason !== '')(`the native sandbox (skipped: ${reason || 'never'})`, () => {
  describe('runs a program', () => {
    test('with its arguments, files, standard input and environment, and nothing else of this process', async () => {
      const files = { 'a/b.txt': 'file\n' };
      await prints(
        sh('pwd; cat a/b.txt; cat; env | sort; echo "$@" ', { files, stdin: 'input\n', env: { X: 'ü', PATH: '/bin' } }),
        '/work\nfile\ninput\nPATH=/bin\nPWD=/work\nX=ü\n\n',
      );
    });

    test('and large input and output, in full', async () => {
      const stdin = 'x'.repeat(900_000);
      const result = await run(['cat'], { stdin, limits: { keepBytes: 1 << 20 } });
      expect(result.ending).toEqual(exited(0));
      expect(Buffer.concat([result.stdout.head, result.stdout.tail]).toString()).toBe(stdin);
    });

    test('that does not read its input', async () => {
      expect((await run(['true'], { stdin: 'x'.repeat(900_000) })).ending).toEqual(exited(0));
    });

    test('keeping both ends of long output', async () => {
      const result = await sh('seq 1 20000', { limits: { keepBytes: 20 } });
      expect(text(result)).toBe('1\n2\n3\n4\n5\n');
      expect(Buffer.from(result.stdout.tail).toString()).toBe('999\n20000\n');
      expect(result.stdout.omittedBytes).toBe(108_894 - 20);
    });

    test('with no descriptor but three', () => prints(sh('ls /proc/self/fd'), '0\n1\n2\n3\n'));

    test('and says which program there is none of', async () => {
      const failing = run(['no-such-program']);
      await expect(failing).rejects.toThrow(WinnowError);
      await expect(failing).rejects.toThrow('cannot start no-such-program: No such file or directory');
    });
  });

  describe('tells how it ended', () => {
    const ends = (script: string, ending: object, wish?: Wish): void => {
      test(`${script} → ${JSON.stringify(ending)}`, async () => {
        expect((await sh(script, wish)).ending).toEqual(ending);
      });
    };
    ends('exit 0', exited(0));
    ends('exit 255', exited(255));
    ends('kill -9 $$', { kind: 'crashed', signal: 'SIGKILL', reason: 'ended by SIGKILL' });
    ends('kill -SEGV $$', { kind: 'crashed', signal: 'SIGSEGV', reason: 'ended by SIGSEGV' });
    ends('kill -TERM 0', { kind: 'crashed', signal: 'SIGTERM', reason: 'ended by SIGTERM' });
    ends('kill -9 1; kill -9 -1; exit 3', exited(3));
    ends('sleep 30', { kind: 'timed-out', clock: 'wall' }, { limits: { wallMs: 200 } });
    ends('trap "" TERM INT XCPU; while :; do :; done', { kind: 'timed-out', clock: 'cpu' }, { limits: { cpuMs: 200 } });
    ends(
      'for i in 1 2 3; do (while :; do :; done) & done; wait',
      { kind: 'timed-out', clock: 'cpu' },
      { limits: { cpuMs: 300 } },
    );
    ends('yes', { kind: 'output-limit', stream: 'stdout' });
    ends('yes >&2', { kind: 'output-limit', stream: 'stderr' });
    // A background process holds the pipes; the job is its first process.
    ends('sleep 30 & exit 4', exited(4), { limits: { wallMs: 5000 } });
    ends('setsid sleep 30 & exit 5', exited(5), { limits: { wallMs: 5000 } });

    test('output that was written before a stop is there', async () => {
      const result = await sh('echo before; sleep 30', { limits: { wallMs: 300 } });
      expect(text(result)).toBe('before\n');
    });

    test('exactly the allowed output is no offence, one byte more is', async () => {
      const write = (bytes: number): Promise<ExecutionResult> =>
        sh(`head -c ${bytes} /dev/zero`, { limits: { outputBytes: 100_000 } });
      expect((await write(100_000)).ending).toEqual(exited(0));
      expect((await write(100_001)).ending).toEqual({ kind: 'output-limit', stream: 'stdout' });
    });

    test.skipIf(!counted)('memory, of all processes and files together (skipped: no control groups here)', async () => {
      const bomb = 'x = bytearray(1)\nwhile True: x += bytearray(4 << 20)';
      expect((await python(bomb)).ending).toEqual({ kind: 'out-of-memory' });
      const files = await sh('head -c 100000000 /dev/zero > a; cat a > /tmp/b', {
        limits: { fileBytes: 512 << 20 },
      });
      expect(files.ending).toEqual({ kind: 'out-of-memory' });
      const within = await python('x = bytearray(64 << 20)');
      expect(within.ending).toEqual(exited(0));
      expect(within.usage.peakMemoryBytes).toBeGreaterThan(64 << 20);
      expect(within.usage.peakMemoryBytes).toBeLessThan(90 << 20);
    });

    test('what it used', async () => {
      const { usage } = await python('import time\nt = time.process_time()\nwhile time.process_time() < t + 0.3: pass');
      expect(usage.cpuMs).toBeGreaterThan(290);
      expect(usage.cpuMs).toBeLessThan(600);
      expect(usage.wallMs).toBeGreaterThan(290);
    });
  });

  test.skipIf(!counted)('CPU time also of children nobody waits for (skipped: no control groups here)', async () => {
    const children = `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for i in range(4):
  pid = os.fork()
  if pid == 0:
    while time.process_time() < 0.2: pass
    os._exit(0)
  try: os.waitpid(pid, 0)
  except ChildProcessError: pass`;
    const { usage, ending } = await python(children);
    expect(ending).toEqual(exited(0));
    expect(usage.cpuMs).toBeGreaterThan(790);
    expect((await python(children, { limits: { cpuMs: 500 } })).ending).toEqual({ kind: 'timed-out', clock: 'cpu' });
  });

  describe.skipIf(!counted)('counts memory (skipped: no control groups here)', () => {
    test('in full, whatever an earlier job left in the cache', async () => {
      const one = openSandbox({ ...settings, parallelism: 1 });
      const held = mkdtempSync(join(tmpdir(), 'winnow-cache-'));
      try {
        execFileSync('chmod', ['755', held]);
        const use = (script: string): Promise<ExecutionResult> =>
          one.execute(execution(['python3', '-c', script], { read: [held], limits: { memoryBytes: 180 << 20 } }));
        const hold = 'x = b"x" * (80 << 20)';
        const before = (await use(hold)).usage.peakMemoryBytes ?? 0;
        // Dropped from the cache, so that who reads it first is who pays for it.
        const dd = (...words: string[]): unknown => execFileSync('dd', [`of=${held}/x`, 'status=none', ...words]);
        dd('if=/dev/zero', 'bs=1M', 'count=150', 'conv=fdatasync');
        dd('if=/dev/null', 'oflag=nocache', 'conv=notrunc', 'count=0');
        expect((await use(`f = open('${held}/x', 'rb')\nwhile f.read(1 << 20): pass`)).ending).toEqual(exited(0));
        const after = (await use(hold)).usage.peakMemoryBytes ?? 0;
        expect(before).toBeGreaterThan(80 << 20);
        expect(after).toBeGreaterThan(before - (8 << 20));
      } finally {
        await one.close();
        rmSync(held, { recursive: true });
      }
    });

    test('in the buffers of sockets, as far as the kernel has them', async () => {
      const script = `import socket
l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(400)
keep, sent = [], 0
for i in range(100):
  c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24); c.connect(l.getsockname()); s, _ = l.accept()
  s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24); c.setblocking(False); keep += [c, s]
  try:
    while True: sent += c.send(b'x' * (1 << 20))
  except BlockingIOError: pass
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(200):
  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0)); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
  keep.append(s)
  for _ in range(10): u.sendto(b'x' * 60000, s.getsockname())
print(sent >> 20)`;
      const result = await python(script, { limits: { memoryBytes: 256 << 20 } });
      if (result.ending.kind === 'exited') expect(Number(text(result))).toBeLessThan(128);
      else expect(result.ending).toEqual({ kind: 'out-of-memory' });
    });
  });

  describe('shuts in', () => {
    test('by files: the system is there, read-only, and nothing private', async () => {
      await prints(
        sh(`for f in /etc/shadow /root /home /var /sys /boot /run/user; do [ -e $f ] && echo $f; done; :`),
        '',
      );
      const result = await sh('touch /usr/x /x /etc/x /dev/x /run/x /proc/x; echo > /etc/passwd; ls / > /dev/null');
      expect(errorText(result).split('\n').length).toBe(8);
    });

    test('by files written: together, over all places, and in number', async () => {
      const fill =
        'head -c 3000000 /dev/zero > a; head -c 3000000 /dev/zero > /tmp/b; head -c 3000000 /dev/zero > /dev/shm/c';
      const result = await sh(fill, { limits: { fileBytes: 8 << 20 } });
      expect(errorText(result)).toContain('No space left on device');
      expect((await sh('head -c 20000000 /dev/zero > a')).ending).toMatchObject({ kind: 'exited', code: 1 });
    });

    test('by processes', async () => {
      const many =
        'import os, time\nn = 0\ntry:\n  while n < 200:\n    if os.fork() == 0: time.sleep(20)\n    n += 1\nexcept OSError: print(n)';
      await prints(python(many, { limits: { processes: 16 } }), '15\n');
    });

    test('by capabilities, and no way to more', async () => {
      await prints(
        sh('grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status | cut -f2 | sort -u; id -u; unshare -U true 2>&1'),
        '0000000000000000\n1\n2\n1000\nunshare: unshare failed: Operation not permitted\n',
      );
    });

    test('by processes seen: its own, and a first one it cannot touch', async () => {
      await prints(
        sh('ls /proc | grep -c "^[0-9]"; cat /proc/1/environ /proc/1/maps 2>&1 | sort -u; ls /proc/1/fd 2>&1'),
        /^[34]\n(.*Permission denied\n){2}/,
      );
    });

    test('by names: no group of this machine, nor how it was started', async () => {
      await prints(sh('cut -d: -f3 /proc/self/cgroup | sort -u; cat /proc/cmdline; sync'), '/\n');
    });

    test('by network: none but itself', async () => {
      const script = `import socket
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
c = socket.create_connection(s.getsockname()); print('loopback')
for family, kind in ((socket.AF_NETLINK, 2), (socket.AF_PACKET, 2), (socket.AF_INET, socket.SOCK_RAW), (socket.AF_VSOCK, 1)):
  try: socket.socket(family, kind); print('made', family)
  except OSError as e: print(e.errno)
try: socket.create_connection(('192.0.2.1', 80), 1); print('connected')
except OSError as e: print(e)`;
      await prints(python(script), 'loopback\n97\n97\n1\n97\n[Errno 101] Network is unreachable\n');
    });

    test('by network, over time: what one job did with it, the next does not see', async () => {
      const counters = 'cat /proc/net/snmp /proc/net/netstat /proc/net/tcp | md5sum';
      const clean = text(await sh(counters));
      const dirty = `import socket
s = socket.socket(); s.bind(('127.0.0.1', 7000)); s.listen(); c = socket.create_connection(s.getsockname()); a = s.accept()[0]; a.close(); c.close()`;
      for (let turn = 0; turn < 4; turn++) {
        expect(errorText(await python(dirty))).toBe('');
        await prints(sh(counters), clean);
      }
    });

    test('by system calls', async () => {
      const script = `import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x = platform.machine() == 'x86_64'
for number in (425, 250 if x else 219, 101 if x else 117, 165 if x else 40, 321 if x else 280, 323 if x else 282):
  libc.syscall(number, 0, 0, 0, 0, 0); print(ctypes.get_errno())
libc.syscall(435, 0, 0); print(ctypes.get_errno())
print(libc.syscall(56 if x else 220, 0x10000011, 0, 0, 0, 0), ctypes.get_errno())`;
      await prints(python(script), '1\n1\n1\n1\n1\n1\n38\n-1 1\n');
    });

    test('by terminals: what one job does to them, the next does not see', async () => {
      await sh('chmod 0 /dev/pts/ptmx; touch -d @1000 /dev/pts');
      await prints(
        python('import os; print(os.ttyname(os.openpty()[1]), os.stat("/dev/pts").st_mtime > 10000)'),
        '/dev/pts/0 True\n',
      );
    });

    test('by flow labels, which outlive their socket and no counter shows', async () => {
      const script = `import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
lease = socket.inet_pton(socket.AF_INET6, '::1') + struct.pack('>I', 0xBEEF) + struct.pack('=BBHHHI', 0, 255, 1, 60, 60, 0)
try: s.setsockopt(socket.IPPROTO_IPV6, 32, lease); print('leased')
except OSError as e: print(e.errno)`;
      await prints(python(script), '1\n');
    });

    test('by time: nothing of one job is there for the next', async () => {
      await sh(
        'echo secret > x; echo secret > /tmp/x; echo secret > /dev/shm/x; ipcmk -M 1000 > /dev/null; setsid sleep 60 &',
      );
      await prints(
        // Counted by the shell itself: of a pipe's two ends one may not be there yet when the other looks.
        sh('ls /work /tmp /dev/shm; set -- /proc/[0-9]*; echo $#; tail -n +2 /proc/sysvipc/shm'),
        '/dev/shm:\n\n/tmp:\n\n/work:\n2\n',
      );
    });
  });

  describe('hands files back', () => {
    test('that were added, changed or removed, and no others', async () => {
      const { files } = await sh(
        'echo new > d/n; echo more >> a; rm b; chmod +x c; ln -s /etc/passwd l; mkfifo p; cp same x; mv x same',
        {
          files: { a: 'a\n', b: 'b\n', c: 'c\n', same: 's\n', 'd/e': 'e\n' },
          collect: 'all',
        },
      );
      const seen = files.map((file) => [
        file.path,
        file.change,
        'bytes' in file ? Buffer.from(file.bytes).toString() : '',
      ]);
      expect(seen.sort()).toEqual([
        ['a', 'modified', 'a\nmore\n'],
        ['b', 'removed', ''],
        ['c', 'modified', 'c\n'],
        ['d/n', 'added', 'new\n'],
        ['l', 'symlink', ''],
        ['p', 'left-out', ''],
      ]);
      expect(files.find((file) => file.path === 'l')).toMatchObject({ target: '/etc/passwd' });
    });

    test('that are asked for, never through a link', async () => {
      const { files } = await sh('mkdir d; echo x > d/x; echo y > y; ln -s d link; ln -s /etc etc; chmod 0 y', {
        collect: ['y', 'link/x', 'etc/passwd', 'missing', '../etc/passwd'],
      });
      expect(files.map((file) => [file.path, file.change])).toEqual([['y', 'added']]);
    });

    test('from trees that are made to be hard to read', async () => {
      const script = `import os
os.truncate(os.open('sparse', os.O_CREAT | os.O_RDWR), 2**40)
open(b'\\xff\\xfe', 'w').close()
open('new\\nline', 'w').close()
os.mkdir('closed'); open('closed/x', 'w').write('x'); os.chmod('closed', 0)
for i in range(200):
  os.mkdir('deep'); os.chdir('deep')
open('bottom', 'w').close()`;
      const { files, ending } = await python(script, { collect: 'all' });
      expect(ending).toEqual(exited(0));
      const seen = new Map(files.map((file) => [file.path, file]));
      expect(seen.get('closed/x')).toMatchObject({ change: 'added' });
      expect(seen.get('new\nline')).toMatchObject({ change: 'added' });
      expect(files.filter((file) => file.change === 'left-out').map((file) => file.reason)).toEqual([
        'the changed files together pass 8388608 bytes',
        'its name is not UTF-8',
        'nested deeper than 60 directories',
      ]);
    });

    test('in a report of bounded size, however many long names and links there are', async () => {
      const script = `import os
for part in range(10):
  os.mkdir('\\1' * 250); os.chdir('\\1' * 250)
for i in range(3000): os.symlink('\\1' * 4000, 'l%d' % i)`;
      const { files, ending } = await python(script, { collect: 'all', limits: { fileBytes: 64 << 20 } });
      expect(ending).toEqual(exited(0));
      const names = files.map((file) => file.path + ('target' in file ? file.target : ''));
      expect(Buffer.byteLength(names.join(''))).toBeLessThan(4 << 20);
      expect(files.length).toBeGreaterThan(500);
      expect(files.at(-1)).toEqual({
        path: '.',
        change: 'left-out',
        reason: 'the names of changed files and targets of links together pass 4194304 bytes',
      });
    });

    test('up to the limit', async () => {
      const { files } = await sh(
        'truncate -s 7M a; truncate -s 7M b; i=0; while [ $i -lt 100 ]; do : > f$i; i=$((i+1)); done',
        {
          collect: 'all',
        },
      );
      expect(files.filter((file) => file.change === 'left-out').map((file) => file.path)).toEqual(['b']);
      expect(files.length).toBe(102);
    });
  });

  describe('is told', () => {
    test('what more may be read, also below its own places', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'winnow-read-'));
      try {
        execFileSync('chmod', ['755', directory]);
        writeFileSync(join(directory, 'x'), 'granted\n');
        await prints(
          sh(`cat ${directory}/x; touch ${directory}/y 2>/dev/null || echo read-only`, { read: [directory] }),
          'granted\nread-only\n',
        );
        const { files } = await sh(`cd ${directory}; echo y > y; echo z >> x; cat x y`, {
          overlay: [directory],
          collect: 'all',
        });
        expect(files).toEqual([]);
        expect(readdirSync(directory)).toEqual(['x']);
        await prints(sh(`ls ${directory}`, { overlay: [directory] }), 'x\n');
      } finally {
        rmSync(directory, { recursive: true });
      }
    });

    test('what cannot be read, before anything starts', async () => {
      for (const [path, why] of [
        ['/nowhere', 'does not exist'],
        ['/', 'has its own there'],
        ['/usr/../etc', 'not an absolute path'],
      ] as const)
        await expect(sh('true', { read: [path] })).rejects.toMatchObject({
          code: 'unsupported-job',
          message: expect.stringContaining(why),
        });
    });

    test('to stop, and leaves nothing', async () => {
      const stop = new AbortController();
      const running = run(['sleep', '4711'], {}, stop.signal);
      setTimeout(() => stop.abort(), 200);
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      await expect.poll(() => processesNamed('4711')).toEqual([]);
      await prints(sh('echo again'), 'again\n');
    });
  });
});

test('what is missing is said, with the command that installs it', async () => {
  const bare = openSandbox({ ...settings, path: ['/nowhere'] });
  expect(await bare.availability()).toMatchObject({
    state: 'unavailable',
    reason: 'bubblewrap (bwrap) is not installed',
  });
  await expect(bare.execute(execution(['true']))).rejects.toMatchObject({ code: 'backend-unavailable' });
  await bare.close();
});
