/** The kept process itself: the program's `main` once for each command that comes over the channel. See `keptprogram.ts`. */
import module from 'node:module';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { bundledMain } from '../bin/bundled.js';
import type { KeptCommand } from './keptprogram.ts';
import { launcher, type Ran, root } from './program.ts';

// As `bin/winnow.js` finds its modules.
module.enableCompileCache(join(root, 'node_modules/.cache/winnow'));
const bundled = bundledMain(root);
const { main } = (await (bundled === undefined
  ? import('../src/faces/cli/main.ts')
  : import(pathToFileURL(bundled).href))) as typeof import('../src/faces/cli/main.ts');

/** Thrown where the program would end: nothing after it is run. */
const ended = new Error('the command has ended');
const endProcess = process.exit;
const ownStreams = Object.getOwnPropertyDescriptors(process);

class Kept extends Writable {
  readonly parts: Buffer[] = [];
  override _write(part: Buffer, _encoding: string, then: () => void): void {
    this.parts.push(part);
    then();
  }
  get text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}

async function run({ words, cwd, env, input }: KeptCommand): Promise<Ran> {
  const stdout = new Kept();
  const stderr = new Kept();
  const listening = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
  process.chdir(cwd);
  process.argv = [process.execPath, launcher, ...words];
  process.exitCode = undefined;
  const streams = {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)], { objectMode: false }),
    stdout,
    stderr,
  };
  for (const [name, value] of Object.entries(streams))
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
  const status = await new Promise<number>((resolve) => {
    process.exit = ((code?: number) => {
      resolve(code ?? Number(process.exitCode ?? 0));
      throw ended;
    }) as typeof process.exit;
    main(words).catch((error: unknown) => {
      if (error === ended) return;
      // As Node itself does.
      stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      resolve(1);
    });
  });
  process.exit = endProcess;
  for (const name of Object.keys(streams)) Object.defineProperty(process, name, ownStreams[name] as PropertyDescriptor);
  for (const name of process.eventNames())
    for (const listener of process.rawListeners(name))
      if (!listening.get(name)?.includes(listener)) process.removeListener(name, listener as () => void);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

process.on('message', async (command: KeptCommand) => {
  process.send?.(await run(command));
});
process.on('disconnect', () => endProcess());
