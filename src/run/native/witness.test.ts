/** What is seen of a program from outside: connections, programs, refused calls; whatever the program itself reports or hides. */
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../runner.ts';
import type { Job, Witnessed } from '../types.ts';

const runner = openRunner({ cacheDir: null, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
afterAll(() => runner.close());
const offers = await runner.offers();
const native = offers.find(({ backend }) => backend === 'native');
const why = native?.availability.state === 'ready' ? '' : ' (skipped: no native sandbox here)';

async function seen(language: string, text: string, more: Partial<Job> = {}) {
  const job = { language, files: [{ path: 'main', bytes: Buffer.from(text) }], entry: 'main', watch: true, ...more };
  const outcome = await runner.run(job, { backend: 'native' });
  const told = (found: Witnessed | undefined): string[] =>
    (found?.calls ?? []).map(
      ({ call, target, isDenied, count }) =>
        `${call}${target === null ? '' : ` ${target}`}${isDenied ? ' denied' : ''}${count > 1 ? ` ×${count}` : ''}`,
    );
  const stdout = Buffer.from(outcome.stdout.head).toString();
  return { calls: told(outcome.witnessed), witnessed: outcome.witnessed, stdout, ending: outcome.ending };
}

const python = `import ctypes, os, socket, subprocess, threading
for family, address in ((socket.AF_INET, ("10.1.2.3", 80)), (socket.AF_INET6, ("2001:db8::1", 443)), (socket.AF_UNIX, "/tmp/none")):
    one = socket.socket(family)
    one.settimeout(2)
    try:
        one.connect(address)
    except OSError as problem:
        pass
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for send in (lambda: datagram.sendto(b"x", ("192.0.2.7", 53)), lambda: datagram.sendmsg([b"x"], [], 0, ("192.0.2.8", 54))):
    try:
        send()
    except OSError:
        pass
here, there = socket.socketpair()
here.sendmsg([b"x"])
here.send(b"y")
print(subprocess.run(["echo", "hi there"], capture_output=True).stdout)
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(0, 0, 0, 0), ctypes.get_errno(), libc.unshare(0x10000000), ctypes.get_errno())
thread = threading.Thread(target=print)
thread.start()
thread.join()
os.kill(os.getpid(), 0)
`;

describe.skipIf(why !== '')(`a program that is watched${why}`, () => {
  test('is seen to connect, to start programs, and to be refused; it runs as if nobody looked', async () => {
    const expected = [
      'connect 10.1.2.3:80',
      'connect [2001:db8::1]:443',
      'connect unix:/tmp/none',
      'sendto 192.0.2.7:53',
      'sendmsg 192.0.2.8:54',
      expect.stringMatching(/^v?fork|clone$/),
      expect.stringMatching(/^execve \/\S*\/echo hi there$/),
      'ptrace denied',
      'unshare denied',
    ];
    // The third time a Python that is warm runs it: nothing is executed then to begin with.
    for (let round = 0; round < 3; round++) {
      const { calls, stdout, ending } = await seen('python', python);
      expect(ending).toEqual({ kind: 'exited', code: 0 });
      expect(stdout).toBe("b'hi there\\n'\n-1 1 -1 1\n\n");
      expect(calls).toEqual(expected);
    }
    const plain = await seen('python', python, { watch: false });
    expect([plain.stdout, plain.witnessed]).toEqual(["b'hi there\\n'\n-1 1 -1 1\n\n", undefined]);
  });

  test('cannot keep back what it does, nor say what it did not', async () => {
    const hides = `import sys, os
class Silent:
    def write(self, text): pass
sys.addaudithook(lambda event, args: None)
os.environ["WINNOW_RISK_OUT"] = "/dev/null"
code = bytes.fromhex("6f732e65786563762822" "2f62696e2f6563686f222c5b226563686f222c2273747261" "6e6765225d29")
eval(code)
`;
    expect((await seen('python', hides)).calls).toEqual(['execve /bin/echo strange']);
  });

  test('shells are seen to start what they start', async () => {
    const { calls } = await seen('bash', 'x=$(/bin/echo a); /bin/true; kill -TERM $$');
    expect(calls).toContain('execve /bin/echo a');
    expect(calls).toContain('execve /bin/true');
    expect(calls.filter((one) => one.startsWith('kill'))).toHaveLength(1);
  });

  test('is stopped by its limits, and what it asks for without end is counted', async () => {
    const flood = `import socket
n = 0
while True:
    n += 1
    s = socket.socket(socket.AF_UNIX)
    try: s.connect("/tmp/%d" % n)
    except OSError: pass
    s.close()
`;
    const { ending, witnessed } = await seen('python', flood, { limits: { wallMs: 1500 } });
    expect(ending.kind).toBe('timed-out');
    expect(witnessed?.calls.length).toBeLessThanOrEqual(1000);
    expect(witnessed?.calls.length).toBeGreaterThan(10);
  });

  test('that ends while it asks ends alone', async () => {
    const { ending } = await seen(
      'python',
      `import os, signal, socket, threading
def ask():
    while True:
        try: socket.socket(socket.AF_UNIX).connect("/tmp/x")
        except OSError: pass
for _ in range(4): threading.Thread(target=ask, daemon=True).start()
os._exit(7)
`,
    );
    expect(ending).toEqual({ kind: 'exited', code: 7 });
    expect((await seen('python', 'print(1)')).stdout).toBe('1\n');
  });
});
