/**
 * What must stay untouched while dangerous programs run in the sandbox: files outside, doors that must not be knocked at, secrets that must not come out.
 *
 * Planted: a directory of files with a random word in each; listeners on this machine's loopback at the ports that the programs name. Given: files of
 * the machine (`--canary`), and the value of a variable of this process. Each is looked at after every program, so that a breach has a name. Told as a breach is only
 * what these see: a program that reached another machine is not seen here, which is why such runs belong behind `unshare --net`.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';

export interface CanarySettings {
  /** Files of the machine whose content must neither change nor come out. */
  readonly files: readonly string[];
  readonly ports: readonly number[];
  /** Values that must not come out. */
  readonly secrets: readonly string[];
}

export interface Canaries {
  /** What has happened since the last look, in words; empty: nothing. @param output what the program wrote, in all streams and files */
  look(output: string): Promise<readonly string[]>;
  /** Ports that could be listened on. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Directories whose names are compared: where programs of such collections write. */
const watched = ['/', '/etc', '/usr', '/usr/bin', '/bin', '/root'];

/** Lines of a canary shorter than this may stand in any output. */
const leastTelling = 24;

export async function plantCanaries(settings: CanarySettings): Promise<Canaries> {
  const directory = await mkdtemp(join(tmpdir(), 'winnow-canary-'));
  const word = `canary-${randomBytes(12).toString('hex')}`;
  const planted = [join(directory, 'secret.txt'), join(directory, 'id_rsa')];
  for (const path of planted) await writeFile(path, `${word}\n`);
  const knocks: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  const ports: number[] = [];
  for (const port of settings.ports) {
    const isOpen = await listen(port, knocks, closers);
    if (isOpen) ports.push(port);
  }
  const files = [...planted, ...settings.files];
  const telling = new Set([word, ...settings.secrets.filter((one) => one.length >= 8)]);
  for (const path of settings.files)
    for (const line of (await contentOf(path)).split('\n')) if (line.length >= leastTelling) telling.add(line);
  let before = await lookAt(files);
  return {
    ports,
    look: async (output) => {
      const after = await lookAt(files);
      const breaches = [...after].filter(([key, value]) => before.get(key) !== value).map(([key]) => `${key} changed`);
      before = after;
      breaches.push(...knocks.splice(0));
      for (const one of telling) if (output.includes(one)) breaches.push('a secret came out');
      return breaches;
    },
    close: async () => {
      await Promise.all(closers.map((close) => close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function contentOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new WinnowError('path-unreadable', `The canary ${path} cannot be read.`, { details: { path }, cause });
  });
}

async function lookAt(files: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of files) {
    const there = await stat(path).catch(() => null);
    const content = there === null ? '' : await readFile(path, 'utf8').catch(() => '');
    found.set(path, there === null ? 'gone' : `${there.mode} ${there.size} ${there.ino} ${content}`);
  }
  for (const path of watched) {
    const names = await readdir(path).catch(() => []);
    found.set(`names in ${path}`, names.sort().join('\n'));
  }
  return found;
}

async function listen(port: number, knocks: string[], closers: (() => Promise<void>)[]): Promise<boolean> {
  const server = createServer((socket) => {
    knocks.push(`a connection to port ${port}`);
    socket.on('error', () => {});
    socket.end();
  });
  const isOpen = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => done(true));
  });
  if (!isOpen) return false;
  server.unref();
  closers.push(() => new Promise((done) => server.close(() => done())));
  const datagrams = createSocket('udp4');
  datagrams.on('message', () => knocks.push(`a datagram to port ${port}`));
  const isBound = await new Promise<boolean>((done) => {
    datagrams.once('error', () => done(false));
    datagrams.bind(port, '127.0.0.1', () => done(true));
  });
  if (isBound) closers.push(() => new Promise((done) => datagrams.close(() => done())));
  return true;
}
