/**
 * The thread that bundles the pages: Vite is loaded in it and gone with it, so a server keeps none of its memory.
 *
 * Told by `workerData`: the folder of the pages' sources, where the bundle goes, and code of other layers that pages run.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import preact from '@preact/preset-vite';
import { build } from 'vite';

const { sources, out, trace } = workerData as { sources: string; out: string; trace: string };

/** What steps through a trace is the layer `run`'s; pages import it by this name. */
const traceModule = 'winnow:trace';

await build({
  configFile: false,
  envFile: false,
  root: join(sources, 'shell'),
  base: '/',
  logLevel: 'silent',
  publicDir: false,
  // Nothing of it outlives the build.
  cacheDir: join(out, '.vite'),
  plugins: [
    preact({ devToolsEnabled: false, prefreshEnabled: false, reactAliasesEnabled: false }),
    {
      name: 'winnow-trace',
      resolveId: (id) => (id === traceModule ? `\0${traceModule}` : null),
      load: (id) =>
        id === `\0${traceModule}` ? `${trace}\nexport { traceStates, traceTree, valueText, pathTo, keyText };\n` : null,
    },
  ],
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
});
await rm(join(out, '.vite'), { recursive: true, force: true });
