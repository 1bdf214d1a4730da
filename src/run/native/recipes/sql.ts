/**
 * SQL by SQLite's shell, on an empty database in memory. The first error ends the script with exit code 1.
 *
 * The script is read as a file, so standard input stays free: `readfile('/dev/stdin')`. Arguments mean nothing to SQL.
 */
import type { Recipe } from '../recipe.ts';

export const sql: Recipe = {
  language: 'sql',
  tools: [
    {
      name: 'sqlite3',
      label: 'SQLite',
      executables: ['sqlite3'],
      versionArgs: ['--version'],
      version: /^(3\.\d\S*)/m,
      packages: { apt: 'sqlite3', dnf: 'sqlite', apk: 'sqlite', pacman: 'sqlite' },
    },
  ],
  unpinned: ['random'],
  counts: true,
  plan(job, tool) {
    const quoted = `"${job.entry.replace(/[\\"]/g, '\\$&')}"`;
    return {
      files: job.files,
      compile: null,
      run: { argv: [tool('sqlite3').path, '-batch', '-bail', ':memory:', `.read ${quoted}`] },
    };
  },
};
