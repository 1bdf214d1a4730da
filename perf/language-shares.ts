/**
 * How well the languages are read on real repositories: files that parse without a syntax error, symbols by kind, CPU time, and a
 * draw of symbols to check by hand.
 *
 *     node perf/language-shares.ts --draw 20 --seed 1 kotlin DIRECTORY…
 *
 * Each directory is a checked-out tree; of it only the files of the language are looked at.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { createParser, type FileFacts, knownLanguages } from '../src/code/mod.ts';
import { loadGrammarFile } from '../src/index/work/grammar-files.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { draw: { type: 'string', default: '0' }, seed: { type: 'string', default: '1' } },
});
const [language = '', ...directories] = positionals;
const parser = await createParser(loadGrammarFile);

const names = (await knownLanguages()).find(({ name }) => name === language);
if (names === undefined) throw new Error(`expected a language that winnow languages lists, got ${language}`);

/** By its name; files without an extension may be known by their first lines. */
function isMaybe(file: string): boolean {
  const name = path.basename(file).toLowerCase();
  const isNamed = names?.fileNames?.includes(name) || names?.fileNameStarts?.some((start) => name.startsWith(start));
  return (
    isNamed === true || !name.includes('.', 1) || (names?.extensions.includes(name.split('.').at(-1) ?? '') ?? false)
  );
}

interface Drawn {
  readonly place: string;
  readonly what: string;
  readonly signature: string;
  readonly doc: string;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('/.git'))
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

const drawn: Drawn[] = [];
for (const directory of directories) {
  const sums = { files: 0, whole: 0, bytes: 0, references: 0, imports: 0, ms: 0 };
  const kinds = new Map<string, number>();
  const broken: string[] = [];
  for (const file of filesBelow(directory)) {
    if (!isMaybe(file)) continue;
    const bytes = new Uint8Array(readFileSync(path.join(directory, file)));
    const before = process.cpuUsage();
    const result = await parser.parse(file, bytes);
    if (result.kind !== 'facts' || result.facts.language !== language) continue;
    const { facts } = result;
    const spent = process.cpuUsage(before);
    sums.ms += (spent.user + spent.system) / 1000;
    sums.files++;
    sums.bytes += bytes.length;
    sums.references += facts.references.length;
    sums.imports += facts.imports.length;
    if (facts.problems.length === 0) sums.whole++;
    else broken.push(`${file} ${facts.problems[0]?.message}`);
    for (const { kind } of facts.symbols) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    gather(directory, file, bytes, facts);
  }
  const share = ((100 * sums.whole) / Math.max(1, sums.files)).toFixed(1);
  const speed = (sums.bytes / 1000 / Math.max(1, sums.ms)).toFixed(1);
  const byKind = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
  process.stdout.write(
    `${language} ${path.basename(directory)}: ${sums.files} files, ${(sums.bytes / 1e6).toFixed(1)} MB, ${share}% without a problem, ` +
      `${speed} MB a second of CPU time; ${byKind.join(', ')}; references ${sums.references}, imports ${sums.imports}\n`,
  );
  for (const line of broken.slice(0, Number(values.draw) > 0 ? 8 : 0)) process.stdout.write(`  problem: ${line}\n`);
}

function gather(directory: string, file: string, bytes: Uint8Array, { symbols }: FileFacts): void {
  if (Number(values.draw) === 0) return;
  const text = ({ start, end }: { start: number; end: number }): string =>
    new TextDecoder().decode(bytes.subarray(start, end)).replaceAll(/\s+/g, ' ').slice(0, 110);
  for (const symbol of symbols) {
    const line = new TextDecoder().decode(bytes.subarray(0, symbol.nameSpan.start)).split('\n').length;
    drawn.push({
      place: `${path.basename(directory)}/${file}:${line}`,
      what: `${symbol.kind}${symbol.exported ? '' : ' (hidden)'} ${symbol.qualifiedName}`,
      signature: text(symbol.signature),
      doc: symbol.doc === null ? '' : text(symbol.doc),
    });
  }
}

const random = seededRandom(Number(values.seed));
for (let left = Math.min(Number(values.draw), drawn.length); left > 0; left--) {
  const [one] = drawn.splice(random.int(drawn.length), 1);
  if (one !== undefined)
    process.stdout.write(
      `- ${one.place}\n    ${one.what}\n    ${one.signature}${one.doc === '' ? '' : `\n    doc: ${one.doc}`}\n`,
    );
}
