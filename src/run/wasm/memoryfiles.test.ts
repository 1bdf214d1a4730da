import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Errno, errno } from './errno.ts';
import { type DirectoryNode, findPlace, readOnlyTree } from './filetree.ts';
import { MemoryFiles } from './memoryfiles.ts';

/** Deep enough that the few `..` of a test's paths stay inside on the real disk, too. */
const deep = 'p/q/r/s/t/u/v/w';

const names = fc.constantFrom('a', 'b', 'c', '..', '.');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const operations = fc.array(
  fc.oneof(
    fc.record({
      op: fc.constantFrom('write', 'read', 'mkdir', 'unlink', 'rmdir', 'readlink'),
      a: paths,
      b: fc.constant(''),
    }),
    fc.record({ op: fc.constantFrom('rename', 'symlink', 'link'), a: paths, b: paths }),
  ),
  { maxLength: 25 },
);

const attempt = (action: () => unknown): unknown => {
  try {
    return action() ?? 'done';
  } catch (cause) {
    if (cause instanceof Errno) return Object.entries(errno).find(([, number]) => number === cause.number)?.[0];
    return (cause as { code: string }).code.slice(1).toLowerCase();
  }
};

function onDisk(root: string, { op, a, b }: { op: string; a: string; b: string }): unknown {
  const [from, to] = [`${root}/${a}`, `${root}/${b}`];
  if (op === 'write') return writeFileSync(from, `by ${a}`);
  if (op === 'read') return readFileSync(from, 'utf8');
  if (op === 'mkdir') return mkdirSync(from);
  if (op === 'unlink') return unlinkSync(from);
  if (op === 'rmdir') return rmdirSync(from);
  if (op === 'readlink') return readlinkSync(from);
  if (op === 'rename') return renameSync(from, to);
  if (op === 'symlink') return symlinkSync(a, to);
  // Linux gives a link a second name; POSIX leaves it open, and here only files have several.
  if (lstatSync(from).isSymbolicLink()) throw Object.assign(new Error('a link'), { code: 'EPERM' });
  return linkSync(from, to);
}

function inMemory(
  files: MemoryFiles,
  start: DirectoryNode,
  { op, a, b }: { op: string; a: string; b: string },
): unknown {
  const place = (path: string, followLast: boolean) => findPlace(files.root, start, path, { followLast });
  if (op === 'mkdir') return files.createDirectory(place(a, false));
  if (op === 'unlink') return files.removeFile(place(a, false));
  if (op === 'rmdir') return files.removeDirectory(place(a, false));
  if (op === 'rename') return files.rename(place(a, false), place(b, false));
  if (op === 'symlink') return files.createLink(place(b, false), a);
  if (op === 'readlink') {
    const { node } = place(a, false);
    if (node === null) throw new Errno('noent');
    if (node.kind !== 'link') throw new Errno('inval');
    return node.target;
  }
  if (op === 'link') {
    const { node } = place(a, false);
    if (node === null) throw new Errno('noent');
    return files.createName(place(b, false), node);
  }
  const found = place(a, true);
  if (op === 'write') {
    if (found.node?.kind === 'directory') throw new Errno('isdir');
    const file = found.node ?? files.createFile(found);
    if (file.kind !== 'file') throw new Error('neither file nor directory');
    files.resize(file, 0);
    return files.write(file, 0, Buffer.from(`by ${a}`));
  }
  if (found.node === null) throw new Errno('noent');
  if (found.node.kind !== 'file') throw new Errno('isdir');
  return Buffer.from(found.node.bytes.subarray(0, found.node.size)).toString() || 'done';
}

/** Kernels differ in which of several faults they name first; these pairs are all right answers to the same call. */
const alike = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  const faults = ['inval', 'busy', 'notempty', 'exist', 'isdir', 'perm', 'noent', 'notdir', 'loop'];
  return faults.includes(String(a)) && faults.includes(String(b));
};

function listDisk(dir: string): unknown {
  return readdirSync(dir)
    .sort()
    .map((name) => {
      const path = join(dir, name);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) return [name, '->', readlinkSync(path)];
      return stat.isDirectory() ? [name, listDisk(path)] : [name, readFileSync(path, 'utf8'), stat.nlink];
    });
}

function listMemory(directory: DirectoryNode): unknown {
  return [...directory.entries].sort().map(([name, node]) => {
    if (node.kind === 'link') return [name, '->', node.target];
    if (node.kind === 'directory') return [name, listMemory(node)];
    if (node.kind !== 'file') return [name, node.kind];
    return [name, Buffer.from(node.bytes.subarray(0, node.size)).toString(), node.names];
  });
}

test('behaves as the disk does: same answers, same failures, same tree, under any operations', () => {
  fc.assert(
    fc.property(operations, (list) => {
      const root = mkdtempSync(join(tmpdir(), 'winnow-files-'));
      try {
        const dir = join(root, deep);
        mkdirSync(dir, { recursive: true });
        const files = new MemoryFiles({ limitBytes: 1e6, now: () => 0n });
        const start = files.directory(deep);
        for (const operation of list) {
          const expected = attempt(() => onDisk(dir, operation));
          const got = attempt(() => inMemory(files, start, operation));
          expect({ operation, got, isAlike: alike(got, expected) }).toEqual({ operation, got, isAlike: true });
        }
        expect(listMemory(files.directory(deep.slice(0, 1)))).toEqual(listDisk(join(root, deep.slice(0, 1))));
      } finally {
        rmSync(root, { recursive: true });
      }
    }),
    { numRuns: 100 },
  );
});

describe('limits', () => {
  const make = (limitBytes: number) => new MemoryFiles({ limitBytes, now: () => 0n });
  const at = (files: MemoryFiles, path: string) => findPlace(files.root, files.root, path, { followLast: true });

  test('bytes written are counted, freed bytes may be written again', () => {
    const files = make(2000);
    const file = files.createFile(at(files, 'f'));
    files.write(file, 0, new Uint8Array(1400));
    expect(attempt(() => files.write(file, 1400, new Uint8Array(200)))).toBe('nospc');
    files.resize(file, 0);
    files.write(file, 0, new Uint8Array(1400));
    files.removeFile(at(files, 'f'));
    files.write(files.createFile(at(files, 'g')), 0, new Uint8Array(1400));
  });

  test('a hole costs what it spans, so that no file is larger than the limit', () => {
    const files = make(10_000);
    const file = files.createFile(at(files, 'f'));
    expect(attempt(() => files.write(file, 2 ** 50, Uint8Array.of(1)))).toBe('nospc');
    expect(attempt(() => files.resize(file, 1e12))).toBe('nospc');
  });

  test('empty files, directories and links cost as well', () => {
    for (const make1 of [
      (files: MemoryFiles, name: string) => void files.createFile(at(files, name)),
      (files: MemoryFiles, name: string) => files.createDirectory(at(files, name)),
      (files: MemoryFiles, name: string) => files.createLink(at(files, name), 'x'),
    ]) {
      const files = make(100_000);
      let made = 0;
      while (attempt(() => make1(files, `n${made}`)) === 'done') made++;
      expect(made).toBeGreaterThan(150);
      expect(made).toBeLessThan(200);
    }
  });

  test('a removed file that is held keeps its bytes until it is let go', () => {
    const files = make(2000);
    const file = files.createFile(at(files, 'f'));
    files.hold(file);
    files.write(file, 0, new Uint8Array(1400));
    files.removeFile(at(files, 'f'));
    const other = files.createFile(at(files, 'g'));
    expect(attempt(() => files.write(other, 0, new Uint8Array(1000)))).toBe('nospc');
    files.release(file);
    expect(attempt(() => files.write(other, 0, new Uint8Array(1000)))).toBe('done');
  });

  test('given files are never changed, and removing them frees nothing', () => {
    const given = Uint8Array.of(1, 2, 3);
    const files = make(1100);
    files.add([{ path: 'd/f', bytes: given }]);
    const place = at(files, 'd/f');
    if (place.node?.kind !== 'file') throw new Error('no file');
    files.write(place.node, 0, Uint8Array.of(9));
    expect([...given]).toEqual([1, 2, 3]);
    files.removeFile(at(files, 'd/f'));
    files.createFile(at(files, 'x'));
    files.createFile(at(files, 'y'));
    expect(attempt(() => files.createFile(at(files, 'z')))).toBe('nospc');
  });
});

describe('paths', () => {
  const files = new MemoryFiles({ limitBytes: 1e6, now: () => 0n });
  files.add([{ path: 'd/e/f', bytes: Uint8Array.of(1) }]);
  files.mount('usr', readOnlyTree([{ path: 'lib/x', bytes: Uint8Array.of(2) }]));
  const at = (path: string, followLast = true) => findPlace(files.root, files.root, path, { followLast });
  const check = (path: string, expected: string) =>
    test(path.slice(0, 60), () => {
      expect(attempt(() => at(path).node?.kind ?? 'nothing')).toBe(expected);
    });
  check('../../../..', 'directory');
  check('/../d/../../d/e/f', 'file');
  check('d/e/f/', 'notdir');
  check('d/e/f/..', 'notdir');
  check('d/none', 'nothing');
  check('none/x', 'noent');
  check('', 'noent');
  check('a\0b', 'inval');
  check('x'.repeat(256), 'nametoolong');
  check('d/'.repeat(2049), 'nametoolong');
  check('usr/../d/e/f', 'file');

  test('links that lead in a circle or far away end', () => {
    files.createLink(at('loop', false), 'loop');
    files.createLink(at('out', false), '/../../../etc/passwd');
    files.createLink(at('here', false), '/d/e');
    expect(attempt(() => at('loop'))).toBe('loop');
    expect(attempt(() => at('out').node)).toBe('noent');
    expect(at('here/f').node?.kind).toBe('file');
  });

  test('a read-only tree takes no change', () => {
    const file = at('usr/lib/x').node;
    if (file?.kind !== 'file') throw new Error('no file');
    expect(attempt(() => files.write(file, 0, Uint8Array.of(3)))).toBe('rofs');
    expect(attempt(() => files.resize(file, 0))).toBe('rofs');
    expect(attempt(() => files.removeFile(at('usr/lib/x')))).toBe('rofs');
    expect(attempt(() => files.createFile(at('usr/lib/y')))).toBe('rofs');
    expect(attempt(() => files.createDirectory(at('usr/y')))).toBe('rofs');
    expect(attempt(() => files.createName(at('y'), file))).toBe('rofs');
    expect(attempt(() => files.rename(at('usr/lib/x'), at('y')))).toBe('rofs');
    expect(attempt(() => files.rename(at('usr'), at('y')))).toBe('rofs');
    expect(attempt(() => files.rename(at('d'), at('usr/lib/x')))).toBe('rofs');
  });
});
