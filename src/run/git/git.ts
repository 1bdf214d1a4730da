/**
 * Git as a child process, for what files alone cannot tell: fetching a repository from elsewhere.
 *
 * The process is git's own, with the network, and not in a sandbox: it has to reach the host and to write the clone. What is held is what it may be talked
 * into: no configuration of the machine or the user is read, so no filter, hook, alias or credential helper of theirs starts; one transport is
 * allowed; nobody is asked for a password; nothing of the environment is passed on but what connecting needs. What a clone brings is never
 * run: no hooks, no submodules, symbolic links as plain files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { GitAddress } from './address.ts';

/** What git needs of the machine. */
export interface GitSettings {
  /** Directories in which git is looked for. */
  readonly path: readonly string[];
  /** The value of an environment variable; asked for those in `passedOn` alone. */
  readonly variable: (name: string) => string | undefined;
}

export interface GitRun {
  readonly signal?: AbortSignal | undefined;
  /** What git says it is doing, with percent where it tells them. */
  readonly onProgress?: ((label: string, percent: number | null) => void) | undefined;
}

/** Where ssh finds its keys, proxies, and certificates. */
const passedOn = [
  'HOME',
  'USER',
  'SSH_AUTH_SOCK',
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SYSTEMROOT',
];

/** For every call: beside the configuration that is not read, what git itself would do. */
const configuration: readonly (readonly [string, string])[] = [
  ['protocol.allow', 'never'],
  ['protocol.ext.allow', 'never'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.symlinks', 'false'],
  ['core.autocrlf', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  // A server that sends less than 1,000 bytes a second for a minute has gone.
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '60'],
];

/** After being asked to end git has so long to clean up. */
const graceMs = 2_000;

/** What is kept of what git says: its last lines tell why it failed. */
const saidBytes = 8_192;

/**
 * Runs git and waits for it.
 *
 * @param words after `git`; what is a stranger's must stand behind `--`
 * @param address whose transport is allowed
 * @throws WinnowError `toolchain-missing` without git, `git-failed`, `disk-full`, `cancelled`
 */
export async function runGit(
  words: readonly string[],
  address: GitAddress,
  settings: GitSettings,
  { signal, onProgress }: GitRun = {},
): Promise<void> {
  const program = findGit(settings.path);
  if (signal?.aborted) throw cancelled();
  const given = configuration.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const followed = address.protocol === 'http' ? ['-c', 'http.followRedirects=false'] : [];
  const child = spawn(program, [...given, ...followed, ...words], {
    env: environment(address, settings),
    cwd: '/',
    // Its own process group: git starts helpers, and all are to end together.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = (): void => end(child);
  signal?.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidBytes);
    if (onProgress !== undefined) tell(text, onProgress);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (signal?.aborted) throw cancelled();
    if (code !== 0) throw failure(said, code);
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError('git-failed', `git could not be started: ${(cause as Error).message}.`, { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** @throws WinnowError `toolchain-missing` */
function findGit(path: readonly string[]): string {
  for (const directory of path) {
    const file = join(directory, process.platform === 'win32' ? 'git.exe' : 'git');
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not there; the next may have it.
    }
  }
  throw new WinnowError(
    'toolchain-missing',
    'Cloning needs git, which was not found in PATH. Install git (Debian: apt install git), or get the repository in another way and add its directory.',
  );
}

function environment({ protocol }: GitAddress, { path, variable }: GitSettings): Record<string, string> {
  const kept = passedOn.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(process.platform === 'win32' ? ';' : ':'),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

/** Ends the whole group: asked first, so that git removes what it has begun. */
function end(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // Gone already.
    }
  };
  send('SIGTERM');
  const killing = setTimeout(() => send('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(killing));
}

function tell(text: string, onProgress: (label: string, percent: number | null) => void): void {
  for (const line of text.split(/[\r\n]+/)) {
    const [, label, percent] = /^(?:remote: )?([A-Z][A-Za-z ]+):\s+(?:(\d+)%)?/.exec(line) ?? [];
    if (label !== undefined) onProgress(label.toLowerCase(), percent === undefined ? null : Number(percent));
  }
}

function failure(said: string, code: number | null): WinnowError {
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(remote: )?[A-Z][A-Za-z ]+:\s+\d+%/.test(line) && !/^Cloning into/.test(line));
  // What is fatal says why; what follows is advice for who sits at a terminal.
  const fatal = lines.filter((line) => /^(fatal|error|remote): /.test(line)).slice(0, 3);
  const why = (fatal.length > 0 ? fatal : lines.slice(-3)).join(' ') || `it ended with ${code ?? 'a signal'}`;
  if (/no space left on device|disk quota exceeded/i.test(said))
    throw new WinnowError(
      'disk-full',
      `The disk is full: ${sentence(why)} What was cloned in part is removed; make room and try again.`,
    );
  return new WinnowError(
    'git-failed',
    `git could not fetch the repository: ${sentence(why)} Check the address; where git asks for a password, clone it yourself and add the directory.`,
    { details: { said: lines } },
  );
}

const cancelled = (): WinnowError => new WinnowError('cancelled', 'Cloning was cancelled; what had come is removed.');

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
