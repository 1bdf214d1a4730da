/** Running the real program as a user does: `bin/winnow.js` in a child process, with an index directory of its own. */
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const launcher = join(root, 'bin/winnow.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory for one test file: an index home, and whatever the tests put beside it. */
export function workspace(): { dir: string; home: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-test-'));
  const home = join(dir, 'home');
  return { dir, home, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The environment of a user without colours and settings of their own. */
export function environment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home };
}

export function winnow(
  words: readonly string[],
  options: { home: string } & Partial<SpawnSyncOptionsWithStringEncoding>,
): Ran {
  const { home, ...rest } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...words], {
    encoding: 'utf8',
    env: environment(home),
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
    ...rest,
  });
  return { status, stdout, stderr };
}

/** Writes files below `dir`; a path's folders are made. */
export function writeFiles(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** A small repository in three languages, in which each test below knows what is to be found. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'src/client.py': `"""HTTP client."""
import time


class RetryPolicy:
    """Decides when a failed request is tried again."""

    def __init__(self, attempts=3):
        self.attempts = attempts

    def next_delay(self, attempt):
        """Seconds to wait before the next attempt, doubled each time."""
        return 2 ** attempt


class Client:
    def send(self, request):
        policy = RetryPolicy()
        for attempt in range(policy.attempts):
            try:
                return self.transport(request)
            except ConnectionError:
                time.sleep(policy.next_delay(attempt))
`,
  'src/cache.ts': `/** Keeps the newest entries. */
export class LruCache<Value> {
  private readonly entries = new Map<string, Value>();

  /** Drops the entry that was used longest ago. */
  evictOldest(): void {
    const oldest = this.entries.keys().next().value;
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  getReadyCount(): number {
    return this.entries.size;
  }
}

export function hashKey(parts: readonly string[]): string {
  return parts.join('\\u0000');
}
`,
  'store/store.go': `package store

// Store keeps sessions on disk.
type Store struct{ path string }

// OpenSession reads the session of a user from disk.
func (s *Store) OpenSession(user string) (*Session, error) {
	return readSession(s.path, user)
}
`,
  'tests/test_client.py': `from src.client import RetryPolicy


def test_next_delay_doubles():
    assert RetryPolicy().next_delay(2) == 4
`,
  '.git/HEAD': 'ref: refs/heads/main\n',
  'README.md': `# Sample

A client that retries failed requests, and a cache.
`,
};
