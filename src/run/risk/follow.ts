/**
 * The risk of a program with the files of its own that it runs as code: `. ./lib.sh`, `python3 job.txt`, `./tool`; and, where that is asked for, those that it imports.
 *
 * Each is read by the language that runs it, whatever it is called, and once; what it runs is read as well. One that is not there, or in a language that is
 * not read, may do anything, and is told as unknown where it is run. A module that is not there is a package, or fails to be imported, and is no finding.
 */
import { detectLanguage } from '../languages.ts';
import type { RiskReader } from './assess.ts';
import type { ImportedPath } from './imported.ts';
import { isRiskLanguage, type RiskLanguage } from './nested.ts';
import { normalPath } from './places.ts';
import type { RiskReport, StartedFile } from './types.ts';

export interface ReadFile {
  /** As `read` names it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly report: RiskReport;
}

/** Files that one program runs or imports: past these it is unknown. */
const mostFiles = 200;

type Found = Promise<{ readonly path: string; readonly bytes: Uint8Array } | null>;

/**
 * @param first what is known already; none of it is read again in the same language
 * @param read the bytes of a file, by its path from where the program is started; null: there is none, or none that may be read
 * @param readImported the same for what files import; not given: imports are not followed
 * @returns the files given, with what they run and nobody knows told as unknown, and then those that they run or import
 */
export async function followRuns(
  reader: RiskReader,
  first: readonly ReadFile[],
  read: (path: string, from: string) => Found,
  readImported?: (imported: ImportedPath, from: string) => Found,
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
    let hasMore = false;
    for (const imported of readImported === undefined ? [] : file.report.imports) {
      const target = await readImported?.(imported, file.path);
      if (target === null || target === undefined) continue;
      const language = languageOf({ language: null }, target);
      if (language === null || known.has(`${language} ${target.path}`)) continue;
      hasMore = found.length >= mostFiles;
      if (hasMore) break;
      known.add(`${language} ${target.path}`);
      found.push({ ...target, report: await reader.assess(language, target.bytes) });
    }
    if (hasMore) {
      const reason = `imports more of its own files than the ${mostFiles} that are read`;
      unknowns.push({ reason, span: { start: 0, end: file.bytes.length }, runs: true });
    }
    found[at] = { ...file, report: { ...file.report, unknowns } };
  }
  return found;
}

const whyNot = ({ path, isKnown }: StartedFile): string =>
  isKnown ? `runs ${path}, which is not here to be read` : `runs ${path}, whose place is not known before it runs`;

function languageOf(
  { language }: Pick<StartedFile, 'language'>,
  file: { path: string; bytes: Uint8Array },
): RiskLanguage | null {
  const told = file.path.endsWith('.tsx') ? 'tsx' : detectLanguage(file.path, file.bytes)?.name;
  const name = language ?? told ?? '';
  return isRiskLanguage(name) ? name : null;
}
