/**
 * Holds the kept process (`keptprogram-main.ts`) for a test that waits without a turn of its event loop: commands in, what they said out.
 *
 * A command that takes too long is killed with its process, as `spawnSync` does it; the next command has a new one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { KeptCommand } from './keptprogram.ts';
import type { Ran } from './program.ts';

const { port, done } = workerData as { port: MessagePort; done: Int32Array };
let child: ChildProcess | null = null;
/** What came past `process.stdout` and `process.stderr`: nothing here would see it, so no command may write that way. */
let besides = '';

function start(): ChildProcess {
  const started = fork(join(import.meta.dirname, 'keptprogram-main.ts'), {
    // Standard input is a pipe that says nothing, as for a process that a test starts.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    serialization: 'advanced',
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      besides += text;
    });
  return started;
}

function run(command: KeptCommand, timeoutMs: number): Promise<{ ran: Ran } | { broken: string }> {
  child ??= start();
  const mine = child;
  besides = '';
  return new Promise((resolve) => {
    const settle = (answer: { ran: Ran } | { broken: string }): void => {
      clearTimeout(timer);
      mine.removeAllListeners('message');
      mine.removeAllListeners('close');
      resolve(besides === '' ? answer : { broken: `it wrote past its streams: ${besides.slice(0, 2000)}` });
    };
    const timer = setTimeout(() => {
      child = null;
      mine.kill('SIGKILL');
      settle({ ran: { status: null, stdout: '', stderr: '' } });
    }, timeoutMs);
    mine.once('message', (ran: Ran) => settle({ ran }));
    mine.once('close', (code, signal) => {
      child = null;
      const said = besides;
      besides = '';
      settle({ broken: `it ended with ${code ?? signal}: ${said.slice(0, 2000)}` });
    });
    mine.send(command);
  });
}

parentPort?.on('message', async ({ command, timeout }: { command: KeptCommand; timeout: number }) => {
  port.postMessage(await run(command, timeout));
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
});
