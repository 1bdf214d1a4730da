/**
 * Installs the dependencies when they are missing or not those of package-lock.json.
 *
 * Runs before `npm run winnow` and `npm test`, so that a fresh clone needs no other
 * step. Plain JavaScript for any Node from 18 on, because it may run before the
 * project's own Node 24 is there. When nothing is to be done it costs two JSON files
 * (about 3 ms beyond starting Node). `--no-save` keeps `npm` from rewriting the lock
 * file for the platform at hand: setting up never changes a tracked file.
 *
 * Then it joins the program's modules (`bundle.mjs`), so that commands start sooner: at once in a fresh clone, and after
 * sources have changed when they have rested for ten minutes, so that nobody who is editing waits for it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleToMake } from './bin/bundled.js';

const root = dirname(fileURLToPath(import.meta.url));
const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const command = 'npm install --include=dev --no-save --no-audit --no-fund --loglevel=error';

/** What is wrong with node_modules, or null. */
function missing() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === null) return 'package-lock.json cannot be read';
  if (present === null) return 'they are not installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    // Optional packages are those of one platform; npm decides.
    if (path === '' || entry.optional) continue;
    const version = present[path]?.version;
    if (version !== entry.version) return `${path} is ${version ?? 'missing'}, not ${entry.version}`;
  }
  if (!existsSync(node)) return 'Node 24 is missing';
  return null;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? null;
  } catch {
    // Absent or cut short: both mean "install".
    return null;
  }
}

const reason = missing();
if (reason !== null) {
  process.stderr.write(`winnow: installing dependencies (${reason}); once, under a minute, 550 MB\n`);
  const started = Date.now();
  const { status, error } = spawnSync(command, { cwd: root, shell: true, stdio: ['ignore', 2, 2] });
  const left = missing();
  if (status !== 0 || left !== null) {
    process.stderr.write(
      `error: dependencies could not be installed (${error?.message ?? left ?? `npm ended with status ${status}`}).\n` +
        `Expected \`${command}\` in ${root} to succeed; run it by hand to see why. It needs the npm registry.\n`,
    );
    process.exit(3);
  }
  process.stderr.write(`winnow: dependencies installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

if (bundleToMake(root)) {
  const { status, error, stderr } = spawnSync(node, [join(root, 'bundle.mjs')], { encoding: 'utf8' });
  const why = error?.message ?? stderr.match(/^Error: .*/m)?.[0] ?? `status ${status}`;
  if (status !== 0) process.stderr.write(`winnow: starts slower than it could: its modules were not joined (${why})\n`);
}
