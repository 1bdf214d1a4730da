/**
 * Bash and the common tools by just-bash, an interpreter in JavaScript: a fresh realm for each job.
 *
 * It is no WebAssembly, so it cannot count, its memory is that of its process, and its output comes at the end: by then or
 * shortly before its time is over, but not out of a loop inside one tool (`awk 'BEGIN { while (1); }'`), nor when cancelled.
 * It follows Bash closely and not always: functions are not seen by a command substitution inside `$(( ))`, `paste` wants
 * `-` for its input, `trap` does nothing, a script is ended when its files are full (1 MiB past the limit), and what is
 * redirected to files counts as output. Absent: processes, network, other runtimes, and `xz`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { EngineModule } from '../engine.ts';
import { loadPackages, openRealm, pinSource } from '../shell/realm.ts';
import { runShell, type ShellCode } from '../shell/run.ts';

export const bashEngine: EngineModule = {
  language: 'bash',
  unpinned: [],
  counts: false,
  probe: async () => ({ version: 'Bash 5.1 as just-bash 3.4.2 has it' }),
  async open() {
    const code = openShellCode();
    return { run: (job, output) => runShell(code, job, output) };
  },
};

/** @param prepare changes the text of the interpreter before it is compiled */
export function openShellCode(prepare: (source: string) => string = (source) => source): ShellCode {
  // The CommonJS build is one file; the other loads its parts when they are called, which a confined process could not.
  const path = join(dirname(fileURLToPath(import.meta.resolve('just-bash'))), 'index.cjs');
  loadPackages(createRequire(path));
  const source = prepare(readFileSync(path, 'utf8'));
  const bundle = new Script(`(function(require,module,exports,__filename,__dirname){${source}\n})`, {
    filename: 'just-bash.cjs',
  });
  const pinner = new Script(pinSource);
  const found = openRealm(bundle, pinner, { now: () => 0, random: () => 0 }) as unknown as {
    getCommandNames(): string[];
  };
  return { bundle, pinner, commands: found.getCommandNames() };
}
