/**
 * Joins the program's modules into a few files, so that a command starts in half the time: 400 modules are 250 ms of loading.
 *
 * Nothing needs the joined files: what they were made from is written beside them (path, size, time of change), and the launcher takes
 * them only while all of that is still so; after an edit the program runs from its sources until `setup.mjs` joins them anew. They lie
 * where npm keeps its own and go with `node_modules`. Each module still knows its own place: `import.meta.url` is that of its source.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { bundleDirectory, listFile } from './bin/bundled.js';

const root = dirname(fileURLToPath(import.meta.url));
const directory = join(root, bundleDirectory);
const source = join(root, 'src/');
const name = `${Date.now().toString(36)}-${process.pid}`;

/** Loaded by nearly every command and slow in many files; all other packages stay where they are. */
const packagesJoined = /^(zod|commander)(\/|$)/;

const ownPlace = {
  name: 'own-place',
  transform(code, id) {
    if (!id.startsWith(source)) return null;
    return code
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)));
  },
};

const before = Date.now();
const bundle = await rolldown({
  input: { main: join(source, 'faces/cli/main.ts') },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !packagesJoined.test(id),
  treeshake: { moduleSideEffects: false },
  plugins: [ownPlace],
  logLevel: 'silent',
});
const { output } = await bundle.write({ dir: join(directory, name), format: 'esm' });
const modules = [...new Set(output.flatMap((chunk) => chunk.moduleIds ?? []))];
// A package is as it was while its package.json is: npm writes whole packages.
const packages = new Set(modules.map((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+\//.exec(id)?.[0]).filter(Boolean));
const files = [
  ...modules.filter((id) => id.startsWith(source)),
  ...[...packages].map((folder) => join(folder, 'package.json')),
];
const list = files.map((file) => {
  const { size, mtimeMs } = statSync(file);
  // What changed while it was read belongs to neither time.
  if (mtimeMs >= before) throw new Error(`${file} was written while modules were joined; run setup again`);
  return [file.slice(root.length + 1), size, mtimeMs];
});
writeFileSync(join(directory, `${name}.json`), JSON.stringify({ root, name, files: list }));
renameSync(join(directory, `${name}.json`), join(root, listFile));
dropOlder();

/** The one before stays: a program that runs may still load parts of it. */
function dropOlder() {
  const older = readdirSync(directory)
    .filter((entry) => /^[0-9a-z]+-[0-9]+$/.test(entry) && entry !== name)
    .toSorted()
    .slice(0, -1);
  for (const entry of older) rmSync(join(directory, entry), { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}
