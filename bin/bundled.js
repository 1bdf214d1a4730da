/** Where the joined modules lie (`bundle.mjs` makes them), and whether they are still those of the sources. Plain JavaScript for Node 18, as `setup.mjs` is. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const bundleDirectory = 'node_modules/.cache/winnow-bundle';
export const listFile = `${bundleDirectory}/list.json`;

const restMs = 10 * 60_000;

/**
 * The joined program's first file, or undefined when there is none or a source is no longer what it was: about 10 ms for 1,400 files.
 *
 * @param {string} root the package's directory
 * @returns {string | undefined}
 */
export function bundledMain(root) {
  const list = readList(root);
  return list === undefined || changedAt(root, list) !== undefined ? undefined : list.main;
}

/**
 * Whether modules are to be joined now: never yet, or what was joined has changed and rested since.
 *
 * @param {string} root
 */
export function bundleToMake(root) {
  const list = readList(root);
  if (list === undefined) return true;
  const changed = changedAt(root, list);
  return changed !== undefined && Date.now() - changed > restMs;
}

/** The time in ms at which the first source that is no longer the joined one was changed, 0 when it is gone; undefined when there is none. */
function changedAt(root, { files }) {
  for (const [path, size, mtimeMs] of files) {
    const now = statSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (now === undefined) return 0;
    if (now.size !== size || now.mtimeMs !== mtimeMs) return now.mtimeMs;
  }
  return undefined;
}

function readList(root) {
  try {
    const list = JSON.parse(readFileSync(join(root, listFile), 'utf8'));
    const main = join(root, bundleDirectory, list.name, 'main.js');
    // A checkout that was moved: its modules would look for their neighbours where they lay.
    return list.root === root && existsSync(main) ? { main, files: list.files } : undefined;
  } catch {
    // Absent or cut short.
    return undefined;
  }
}
