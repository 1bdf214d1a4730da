/**
 * SQL by SQLite: the entry is a script, run on a fresh database in memory, or on the file that the first argument names.
 *
 * Rows are printed as SQLite's own shell does by default: values with `|` between, a line each, no headers. The first
 * error goes to standard error and ends the script with exit code 1.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meter, meterVersion } from '../../wasm/meter.ts';
import type { EngineModule } from '../engine.ts';
import { keptBytes } from '../kept/kept.ts';
import { moduleHash } from '../sqlite/abi.ts';
import { runSql } from '../sqlite/machine.ts';

export const sqlEngine: EngineModule = {
  language: 'sql',
  unpinned: [],
  counts: true,
  probe: async () => ({ version: 'SQLite (sql.js 1.16.0)' }),
  async open({ cacheDir }) {
    const path = join(dirname(fileURLToPath(import.meta.resolve('sql.js'))), 'sql-wasm.wasm');
    const module = readFileSync(path);
    const hash = createHash('sha256').update(module).digest('hex');
    if (hash !== moduleHash) throw new Error(`${path} is not the build that abi.ts describes: SHA-256 ${hash}`);
    const key = `sqlite-${hash.slice(0, 16)}-${meterVersion}.wasm`;
    const code = new WebAssembly.Module(keptBytes(cacheDir, key, () => meter(module)));
    return { run: async (job, output) => runSql(code, job, output) };
  },
};
