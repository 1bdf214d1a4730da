/** For tests of engines: runs one job in this process, with the defaults of real jobs and the output as text. */
import { checkJob } from '../../checkjob.ts';
import { knownInput, runLanguage } from '../../languages.ts';
import type { Job } from '../../types.ts';
import { type Engine, type EngineModule, type EngineResult, OutputLimit } from '../engine.ts';

/** Why tests of this engine are skipped, to be put into their names; empty when it is there. */
export async function missing(module: EngineModule): Promise<string> {
  const probed = await module.probe();
  return 'missing' in probed ? ` (skipped: ${probed.missing} is not installed)` : '';
}

export interface Ran extends EngineResult {
  readonly out: string;
  readonly err: string;
}

export async function runIn(
  engine: Engine,
  job: Omit<Partial<Job>, 'files' | 'stdin'> & { readonly language: string; readonly entry: string },
  files: Readonly<Record<string, string | Uint8Array>>,
  stdin = '',
): Promise<Ran> {
  const checked = checkJob({
    ...job,
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    stdin: Buffer.from(stdin),
  });
  const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const to = (stream: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
    said[stream].push(Buffer.from(bytes));
    const total = said[stream].reduce((sum, part) => sum + part.length, 0);
    if (total > checked.limits.outputBytes) throw new OutputLimit(stream);
  };
  const result = await engine.run(checked, { stdout: to('stdout'), stderr: to('stderr') });
  return { ...result, out: Buffer.concat(said.stdout).toString(), err: Buffer.concat(said.stderr).toString() };
}

/** The language's known program, run. */
export async function runKnown(engine: Engine, language: string): Promise<Ran> {
  const { defaultEntry, known } = runLanguage(language);
  return runIn(engine, { language, entry: defaultEntry }, { [defaultEntry]: known }, knownInput);
}
