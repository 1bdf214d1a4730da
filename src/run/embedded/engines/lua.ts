/**
 * Lua 5.4 as WebAssembly: a fresh interpreter for each job.
 *
 * `io` and `require` see the job's files, in memory; `os.execute` and `io.popen` find no shell; there is no bridge to the host.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meter, meterVersion } from '../../wasm/meter.ts';
import type { EngineModule } from '../engine.ts';
import { keptBytes } from '../kept/kept.ts';
import { runLua } from '../lua/machine.ts';

export const luaEngine: EngineModule = {
  language: 'lua',
  unpinned: [],
  counts: true,
  probe: async () => ({ version: 'Lua 5.4 (wasmoon 1.16.0)' }),
  async open({ cacheDir }) {
    const module = readFileSync(join(dirname(fileURLToPath(import.meta.resolve('wasmoon'))), 'glue.wasm'));
    const hash = createHash('sha256').update(module).digest('hex').slice(0, 16);
    const code = new WebAssembly.Module(keptBytes(cacheDir, `lua-${hash}-${meterVersion}.wasm`, () => meter(module)));
    return { run: async (job, output) => runLua(code, job, output) };
  },
};
