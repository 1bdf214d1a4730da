/** The native sandbox where no control groups are to be had: what it keeps all the same, and what it says it does not. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Limits } from '../types.ts';
import { lookAtMachine } from './machine.ts';
import { sandboxOn } from './opensandbox.ts';
import type { Execution, ExecutionResult } from './sandbox.ts';

const machine = lookAtMachine(['/usr/bin', '/bin']);
const sandbox = sandboxOn('state' in machine ? machine : { ...machine, cgroups: null }, 1);
const availability = await sandbox.availability();
const reason = availability.state === 'ready' ? '' : availability.reason;
afterAll(() => sandbox.close());

function python(script: string, more: Partial<Limits>, reservesMemory = false): Promise<ExecutionResult> {
  const limits: Limits = {
    wallMs: 10_000,
    cpuMs: 5_000,
    fuel: null,
    memoryBytes: 100 << 20,
    outputBytes: 1 << 20,
    keepBytes: 1 << 16,
    processes: 32,
    fileBytes: 8 << 20,
    ...more,
  };
  const execution: Execution = {
    argv: ['python3', '-c', script],
    warm: null,
    files: [],
    stdin: new Uint8Array(0),
    env: { PATH: '/usr/bin:/bin' },
    limits,
    network: false,
    read: [],
    reservesMemory,
    collect: 'none',
  };
  return sandbox.execute(execution);
}

const hold = (megabytes: number): string => `x = b'x' * (${megabytes} << 20)\nimport time; time.sleep(0.5)`;

describe.skipIf(reason !== '')(`without control groups (skipped: ${reason || 'never'})`, () => {
  test('it says so', async () => {
    expect((await python('', {})).caveats).toEqual([
      expect.stringContaining('memory is looked at'),
      expect.stringContaining('buffers of sockets'),
    ]);
  });

  test('asking for more memory than allowed fails inside', async () => {
    const result = await python(hold(200), {});
    expect(result.ending).toEqual({ kind: 'exited', code: 1 });
    expect(Buffer.from(result.stderr.head).toString()).toContain('MemoryError');
  });

  test('a runtime that reserves much is stopped when it uses much, in whichever process', async () => {
    expect((await python(hold(200), {}, true)).ending).toEqual({ kind: 'out-of-memory' });
    const split = `import os\nfor i in range(3): os.fork()\n${hold(40)}`;
    expect((await python(split, {}, true)).ending).toEqual({ kind: 'out-of-memory' });
    const shared = `x = b'x' * (40 << 20)\nimport os, time\nfor i in range(3): os.fork()\ntime.sleep(0.3)`;
    expect((await python(shared, {}, true)).ending).toEqual({ kind: 'exited', code: 0 });
  });

  test('CPU time of all processes counts, also of those that ended', async () => {
    const spin =
      'import os, time\nfor i in range(40):\n  if os.fork() == 0:\n    while time.process_time() < 0.1: pass\n    os._exit(0)\n  os.wait()';
    expect((await python(spin, { cpuMs: 1000 })).ending).toEqual({ kind: 'timed-out', clock: 'cpu' });
  });

  test('CPU time counts also where a parent does not wait', async () => {
    const spin = `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for i in range(8):
  pid = os.fork()
  if pid == 0:
    while time.process_time() < 0.2: pass
    os._exit(0)
  try: os.waitpid(pid, 0)
  except ChildProcessError: pass`;
    expect((await python(spin, { cpuMs: 1000 })).ending).toEqual({ kind: 'timed-out', clock: 'cpu' });
    const { usage, ending } = await python(spin, {});
    expect(ending).toEqual({ kind: 'exited', code: 0 });
    expect(usage.cpuMs).toBeGreaterThan(1200);
  });

  test('buffers of sockets stay small, and are few', async () => {
    const result = await python(
      `import socket
a, b = socket.socketpair(); usual = a.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * usual)
keep = []
try:
  while True: keep += socket.socketpair()
except OSError: print(a.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == usual, len(keep) < 130)`,
      {},
    );
    expect(Buffer.from(result.stdout.head).toString()).toBe('True True\n');
  });

  test('processes are limited', async () => {
    const many =
      'import os, time\nn = 0\ntry:\n  while n < 100:\n    if os.fork() == 0: time.sleep(20)\n    n += 1\nexcept OSError: print(n)';
    const result = await python(many, { processes: 8 });
    expect(Buffer.from(result.stdout.head).toString()).toBe('7\n');
  });

  test('memory without a process is refused', async () => {
    const result = await python('import os; os.memfd_create("x")', {});
    expect(Buffer.from(result.stderr.head).toString()).toContain('PermissionError');
  });
});
