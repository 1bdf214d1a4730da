/**
 * Speed of ranked text alone: `node perf/text.ts build DIR OUT [COPIES]` and `node perf/text.ts query OUT`.
 *
 * `build` indexes every text file under DIR without parsing: chunks are paragraphs
 * gathered to about 600 bytes, and the first word of a third of them is taken as a
 * function's name. COPIES repeats the corpus, a different suffix to each copy's rarer
 * words, to reach the sizes of a large tree. `query` draws 200 queries of 3 to 8 terms
 * from the dictionary, by document frequency.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, systemClock } from '../src/base/mod.ts';
import { type Chunk, type FileFacts, forEachWord } from '../src/code/mod.ts';
import {
  createSegmentBuilder,
  fileSource,
  memorySource,
  mergeSegmentsTo,
  openSegment,
  rankText,
  type Segment,
  type TextInput,
} from '../src/index/text/mod.ts';

/** Source per segment before merging. */
const segmentBytes = 32e6;
/** Mean chunk of the paragraphs gathered: what parsed chunks have. */
const chunkBytes = 600;

function filesUnder(folder: string, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) filesUnder(path, found);
    else if (entry.isFile() && statSync(path).size < 4e6) found.push(path);
  }
  return found;
}

function factsOf(source: Uint8Array): FileFacts {
  const chunks: Chunk[] = [];
  const symbols: FileFacts['symbols'][number][] = [];
  let start = 0;
  for (let at = 0; at <= source.length; at++) {
    const blank = at === source.length || (source[at] === 10 && source[at + 1] === 10);
    if (!blank || (at - start < chunkBytes && at < source.length) || at === start) continue;
    let symbol = -1;
    if (chunks.length % 3 === 0) {
      let first: { start: number; end: number } | undefined;
      forEachWord(source, start, Math.min(at, start + 80), (from, to) => {
        first ??= { start: from, end: to };
      });
      if (first !== undefined) {
        symbol = symbols.length;
        const name = new TextDecoder().decode(source.subarray(first.start, first.end));
        const header = { start, end: Math.min(at, first.end + 40) };
        symbols.push({
          ...{
            kind: 'function',
            name,
            qualifiedName: name,
            span: { start, end: at },
            nameSpan: first,
            signature: header,
          },
          ...{ doc: null, parent: -1, exported: true, decorators: [] },
        });
      }
    }
    chunks.push({ kind: symbol < 0 ? 'text' : 'function', symbol, parts: [{ start, end: at }], piece: 0 });
    start = at;
  }
  const traits = { test: false, vendored: false, generated: false, example: false, documentation: false };
  return { language: 'text', lines: 0, traits, symbols, references: [], imports: [], chunks, problems: [] };
}

function build(folder: string, out: string, copies: number): void {
  const clock = systemClock;
  const segments: Segment[] = [];
  let builder = createSegmentBuilder();
  let version = 0;
  let buildMs = 0;
  let finishMs = 0;
  let sourceBytes = 0;
  const close = (): void => {
    const started = clock.elapsedMs();
    const bytes = builder.finish();
    finishMs += clock.elapsedMs() - started;
    segments.push(openSegment(memorySource(bytes)));
    builder = createSegmentBuilder();
  };
  const paths = filesUnder(folder);
  for (let copy = 0; copy < copies; copy++)
    for (const path of paths) {
      const source: Uint8Array = readFileSync(path);
      if (source.includes(0)) continue;
      const input: TextInput = { version: ++version, path: `${copy}/${path}`, source, facts: factsOf(source) };
      const started = clock.elapsedMs();
      builder.add(input);
      buildMs += clock.elapsedMs() - started;
      sourceBytes += source.length;
      if (builder.sourceBytes > segmentBytes) close();
    }
  close();
  const started = clock.elapsedMs();
  const pieces: Uint8Array[] = [];
  mergeSegmentsTo(
    segments,
    () => true,
    (bytes) => pieces.push(bytes),
  );
  const mergeMs = clock.elapsedMs() - started;
  const docs = segments.reduce((sum, segment) => sum + segment.docCount, 0);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  writeFileSync(out, Buffer.concat(pieces));
  const { rss } = process.memoryUsage();
  report({
    'source MB': sourceBytes / 1e6,
    files: version,
    docs,
    segments: segments.length,
    'add MB/s': sourceBytes / 1e3 / buildMs,
    'finish MB/s': sourceBytes / 1e3 / finishMs,
    'build MB/s': sourceBytes / 1e3 / (buildMs + finishMs),
    'merge s': mergeMs / 1e3,
    'segment MB': size / 1e6,
    'of source %': (100 * size) / sourceBytes,
    'rss MB': rss / 1e6,
  });
}

function query(path: string): void {
  const clock = systemClock;
  const none = {
    kinds: null,
    factors: new Float64Array(256).fill(1),
    kindFactors: { function: 1, class: 1, module: 1, text: 1 },
  };
  const coldStart = clock.elapsedMs();
  const segment = openSegment(fileSource(path));
  const openMs = clock.elapsedMs() - coldStart;
  const views = [{ segment, live: null, admitted: null }];
  rankText(views, { terms: ['merg', 'segment', 'pars', 'file'].map((term) => ({ term, weight: 1 })), k: 50, ...none });
  const coldMs = clock.elapsedMs() - coldStart;

  const random = seededRandom(1);
  const terms = segment.termsWithPrefix('', 1e9).filter((term) => /^[a-z]{3,}$/.test(term));
  const counts = terms.map((term) => segment.stat(term)?.docs ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const draw = (): string => {
    let rest = random.next() * total;
    let at = 0;
    while (rest > (counts[at] as number) && at < terms.length - 1) rest -= counts[at++] as number;
    return terms[at] as string;
  };
  const queries = Array.from({ length: 200 }, () => Array.from({ length: 3 + random.int(6) }, draw));
  const live = Uint8Array.from(segment.versions, () => (random.int(100) === 0 ? 0 : 1));
  const admitted = Uint8Array.from(live, (alive) => (random.int(10) === 0 ? alive : 0));
  const measure = (label: string, live: Uint8Array | null, admitted: Uint8Array | null): void => {
    let times: number[] = [];
    for (let round = 0; round < 3; round++) {
      times = queries.map((words) => {
        const started = clock.elapsedMs();
        rankText([{ segment, live, admitted }], { terms: words.map((term) => ({ term, weight: 1 })), k: 50, ...none });
        return clock.elapsedMs() - started;
      });
    }
    times.sort((a, b) => a - b);
    report({ [label]: segment.docCount, 'p50 ms': times[100], 'p95 ms': times[190], 'max ms': times[199] });
  };
  report({ 'open ms': openMs, 'open and first query ms': coldMs });
  measure('docs', null, null);
  measure('docs, 1% dead', live, null);
  measure('docs, filter admits 10%', live, admitted);
  const scans: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = clock.elapsedMs();
    let length = 0;
    segment.names.scan((name) => {
      length += name.length;
      return length >= 0;
    });
    scans.push(clock.elapsedMs() - started);
  }
  report({ names: segment.names.size, 'first scan ms': scans[0], 'later scan ms': scans[2] });
}

function report(figures: Record<string, number | undefined>): void {
  console.log(
    Object.entries(figures)
      .map(([name, value]) => `${name} ${value !== undefined && value % 1 !== 0 ? value.toFixed(2) : value}`)
      .join(' · '),
  );
}

const [verb, from, out, copies] = process.argv.slice(2);
if (verb === 'build' && from !== undefined && out !== undefined) build(from, out, Number(copies ?? 1));
else if (verb === 'query' && from !== undefined) query(from);
else throw new Error('usage: node perf/text.ts build DIR OUT [COPIES] | query OUT');
