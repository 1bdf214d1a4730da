/**
 * The risk of a program with the files of its own that it runs as code: `. ./lib.sh`, `python3 job.txt`, `./tool`.
 *
 * Each is read by the language that runs it, whatever it is called, and once; what it runs is read as well. One that is not there, or in a language that is
 * not read, may do anything, and is told as unknown where it is run.
 */
import { detectLanguage } from '../languages.ts';
import type { RiskReader } from './assess.ts';
import { isRiskLanguage, type RiskLanguage } from './nested.ts';
import { normalPath } from './places.ts';
import type { RiskReport, StartedFile } from './types.ts';

export interface ReadFile {
  /** As `read` names it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly report: RiskReport;
}

/** Files that one program runs: past these it is unknown. */
const mostFiles = 200;

/**
 * @param first what is known already; none of it is read again in the same language
 * @param read the bytes of a file, by its path from where the program is started; null: there is none, or none that may be read
 * @returns the files given, with what they run and nobody knows told as unknown, and then those that they run
 */
export async function followRuns(
  reader: RiskReader,
  first: readonly ReadFile[],
  read: (path: string, from: string) => Promise<{ readonly path: string; readonly bytes: Uint8Array } | null>,
): Promise<ReadFile[]> {
  const found = [...first];
  const known = new Set(first.map(({ path, report }) => `${report.language} ${path}`));
  for (let at = 0; at < found.length; at++) {
    const file = found[at] as ReadFile;
    const unknowns = [...file.report.unknowns];
    for (const started of file.report.started) {
      const target = started.isKnown ? await read(normalPath(started.path), file.path) : null;
      const why = target === null ? whyNot(started) : null;
      const language = target === null ? null : languageOf(started, target);
      if (target === null || language === null || found.length >= mostFiles) {
        const reason = why ?? `runs ${started.path}, whose language is not read`;
        unknowns.push({ reason, span: started.span, runs: started.runs });
        continue;
      }
      if (known.has(`${language} ${target.path}`)) continue;
      known.add(`${language} ${target.path}`);
      found.push({ ...target, report: await reader.assess(language, target.bytes) });
    }
    found[at] = { ...file, report: { ...file.report, unknowns } };
  }
  return found;
}

const whyNot = ({ path, isKnown }: StartedFile): string =>
  isKnown ? `runs ${path}, which is not here to be read` : `runs ${path}, whose place is not known before it runs`;

function languageOf({ language }: StartedFile, file: { path: string; bytes: Uint8Array }): RiskLanguage | null {
  const name = language ?? detectLanguage(file.path, file.bytes)?.name ?? '';
  return isRiskLanguage(name) ? name : null;
}
