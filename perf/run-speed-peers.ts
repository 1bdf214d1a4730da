/**
 * What people use instead, measured in the same run: a plain process per program, a process in bubblewrap per program,
 * and go-judge (the engine of several public judges) where its program is given.
 *
 * Piston and Judge0 come as Docker images only, so they are not here; both start an `isolate` or container process per run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Peer {
  readonly name: string;
  /** @returns what the program printed */
  run(source: string): Promise<string>;
  close(): Promise<void>;
}

function capture(argv: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0] as string, argv.slice(1), { cwd, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.stdin.end();
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${argv[0]} exited with ${code}: ${stderr}`)),
    );
  });
}

/** A directory and a process a program. `-I -S` is the fastest start that Python has. */
export function processPeer(name: string, wrap: (dir: string) => readonly string[]): Peer {
  return {
    name,
    run: async (source) => {
      const dir = mkdtempSync(join(tmpdir(), 'winnow-peer-'));
      try {
        writeFileSync(join(dir, 'main.py'), source);
        return await capture([...wrap(dir), '/usr/bin/python3', '-I', '-S', 'main.py'], dir);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
    close: async () => undefined,
  };
}

export const plainProcess = (): Peer => processPeer('a plain process each', () => []);

export const bubblewrapped = (): Peer =>
  processPeer('bubblewrap and a process each', (dir) => [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/lib', '/lib'],
    ...['--symlink', 'usr/lib64', '/lib64', '--symlink', 'usr/bin', '/bin', '--proc', '/proc', '--dev', '/dev'],
    ...['--tmpfs', '/tmp', '--bind', dir, '/box', '--chdir', '/box', '--clearenv'],
  ]);

/** @param program the path of a built go-judge (`go build github.com/criyle/go-judge/cmd/go-judge`); it needs root */
export async function goJudge(program: string, parallelism: number): Promise<Peer> {
  const port = await freePort();
  const child = spawn(program, ['-http-addr', `127.0.0.1:${port}`, '-parallelism', String(parallelism), '-silent'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (data) => {
    said = (said + data).slice(-2000);
  });
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${base}/version`).then(
      () => true,
      () => false,
    );
    if (up) break;
    if (tries > 100 || child.exitCode !== null) throw new Error(`go-judge did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name: 'go-judge',
    run: async (source) => {
      const cmd = {
        args: ['/usr/bin/python3', '-I', '-S', 'main.py'],
        env: ['PATH=/usr/bin:/bin'],
        files: [{ content: '' }, { name: 'stdout', max: 1_048_576 }, { name: 'stderr', max: 1_048_576 }],
        cpuLimit: 10e9,
        clockLimit: 20e9,
        memoryLimit: 268_435_456,
        procLimit: 50,
        copyIn: { 'main.py': { content: source } },
      };
      const reply = await fetch(`${base}/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ cmd: [cmd] }),
      });
      const [result] = (await reply.json()) as { status: string; files?: Record<string, string> }[];
      if (result?.status !== 'Accepted') throw new Error(`go-judge: ${JSON.stringify(result)}`);
      return result.files?.stdout ?? '';
    },
    close: () =>
      new Promise((resolve) => {
        child.on('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
