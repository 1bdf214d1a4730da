/**
 * The pages as a browser loads them: bundled once for the sources as they are, and kept in the checkout beside other things that are built.
 *
 * A bundle lies in a folder named by what it was made of. So it is never stale, and two servers that start at once need no lock: each builds
 * into a folder of its own, and the one that is done first renames it into place.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WinnowError } from '../../base/mod.ts';
import { pageCode } from '../../run/mod.ts';

const sources = fileURLToPath(new URL('.', import.meta.url));
const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Bundles of other sources that are left: those of a branch that is gone back to. */
const othersKept = 2;

/**
 * @param spare a directory to build in where the checkout cannot be written
 * @returns the folder of the bundle
 * @throws WinnowError `pages-not-built`
 */
export async function builtPages(spare: string): Promise<string> {
  const trace = await pageCode();
  const name = await nameOf(trace);
  const places = [join(checkout, '.build/pages'), join(spare, 'pages')];
  for (const place of places) if (existsSync(join(place, name, 'index.html'))) return join(place, name);
  let cause: unknown;
  for (const place of places) {
    try {
      await mkdir(place, { recursive: true });
      const out = await mkdtemp(join(place, 'building-'));
      try {
        return await buildInto(place, name, out, trace);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    } catch (error) {
      cause = error;
    }
  }
  const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  throw new WinnowError(
    'pages-not-built',
    `The pages could not be built: ${why}. \`npm install --include=dev\` in ${checkout} installs what that needs; the rest of the server works without them.`,
    { cause },
  );
}

async function buildInto(place: string, name: string, out: string, trace: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL('./build-main.ts', import.meta.url), {
      workerData: { sources, out, trace },
      stdout: true,
      stderr: true,
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the bundler ended with ${code}`))));
  });
  const at = join(place, name);
  await rename(out, at).catch((error: unknown) => {
    // Another was faster, with the same sources.
    if (!existsSync(join(at, 'index.html'))) throw error;
  });
  await tidy(place, name);
  return at;
}

/** A name for all that the bundle is made of: the pages' files, what other layers give, and the packages. */
async function nameOf(trace: string): Promise<string> {
  const hash = createHash('sha256').update(trace);
  hash.update(await readFile(join(checkout, 'package-lock.json')).catch(() => ''));
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of files.sort())
    hash
      .update(path.slice(sources.length))
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Best effort: what cannot be deleted is in nobody's way. */
async function tidy(place: string, name: string): Promise<void> {
  const { stat } = await import('node:fs/promises');
  const others = (await readdir(place).catch(() => [])).filter(
    (other) => /^[0-9a-f]{16}$/.test(other) && other !== name,
  );
  const aged = await Promise.all(
    others.map(async (other) => ({
      other,
      at: await stat(join(place, other)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  for (const { other } of aged.sort((one, two) => two.at - one.at).slice(othersKept))
    await rm(join(place, other), { recursive: true, force: true }).catch(() => undefined);
}
