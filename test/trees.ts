/** Trees of files in a temporary directory, for tests of the index; removed after each test. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface Tree {
  readonly root: string;
  /** Where the tree's index goes. */
  readonly home: string;
  /** Writes a file, making its directories. @returns its absolute path */
  write(file: string, content: string | Uint8Array): string;
  /** As `write`, with a time stamp of an hour ago: nothing about it is racy. */
  writeOld(file: string, content: string | Uint8Array): string;
  remove(file: string): void;
}

/** @param files content by path, written with old time stamps */
export function makeTree(files: Readonly<Record<string, string | Uint8Array>> = {}): Tree {
  const base = mkdtempSync(path.join(tmpdir(), 'winnow-test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const root = path.join(base, 'tree');
  mkdirSync(root);
  const write = (file: string, content: string | Uint8Array): string => {
    const absolute = path.join(root, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
    return absolute;
  };
  const writeOld = (file: string, content: string | Uint8Array): string => {
    const absolute = write(file, content);
    makeOld(absolute);
    return absolute;
  };
  for (const [file, content] of Object.entries(files)) writeOld(file, content);
  return {
    root,
    home: path.join(base, 'home'),
    write,
    writeOld,
    remove: (file) => rmSync(path.join(root, file), { recursive: true }),
  };
}

export function makeOld(file: string): void {
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(file, hourAgo, hourAgo);
}

/** Makes `root` look like the main worktree of a git repository. */
export function asGit(tree: Tree): void {
  tree.write('.git/HEAD', 'ref: refs/heads/main\n');
}
