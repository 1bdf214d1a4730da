/**
 * Signals of tests: those that speak as the issue does stand beside what they test, by name and by what they call.
 */
import { type Corpus, role } from './corpus.ts';
import { type Evidence, fileOfKey } from './evidence.ts';
import { type Definitions, isCallable } from './names.ts';
import { testedName } from './places.ts';
import type { TextScores } from './textscores.ts';

const bestTests = 30;
/** A name that more definitions have is anybody's. */
const mostNamed = 8;

export function testSignals(evidence: Evidence, definitions: Definitions, text: TextScores): void {
  const { corpus } = evidence;
  const best = bestDocs(corpus, text.docs.all, bestTests);
  const top = best[0]?.score ?? 0;
  for (const { doc, score } of best) {
    const weight = (score / top) ** 2;
    const file = corpus.fileOfDoc[doc] as number;
    const { path } = corpus.files[file] as (typeof corpus.files)[number];
    byName(evidence, path, weight);
    byCalls(evidence, definitions, file, corpus.chunkOfDoc[doc] as number, weight);
  }
  for (const [key, value] of evidence.symbols('testCalls')) {
    evidence.raiseFile('testCalls', fileOfKey(key), value);
    evidence.addFile('testCallsSum', fileOfKey(key), value);
  }
}

function bestDocs(corpus: Corpus, scores: Float64Array, most: number): { doc: number; score: number }[] {
  const found: { doc: number; score: number }[] = [];
  let floor = 0;
  for (let doc = 0; doc < scores.length; doc++) {
    const score = scores[doc] as number;
    if (score <= floor || corpus.roles[corpus.fileOfDoc[doc] as number] !== role.test) continue;
    found.push({ doc, score });
    if (found.length < most * 4) continue;
    found.sort((a, b) => b.score - a.score).splice(most);
    floor = (found.at(-1) as { score: number }).score;
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most);
}

function byName(evidence: Evidence, path: string, weight: number): void {
  const { byEnding, files } = evidence.corpus;
  const base = path.slice(path.lastIndexOf('/') + 1);
  const tested = testedName(path) ?? base;
  const extension = tested.slice(tested.lastIndexOf('.'));
  const beside = path.split('/').slice(0, -2).join('/');
  // `printing/tests/test_latex_forms.py` tests printing/latex_forms.py, or else latex.py, or _latex_forms.py.
  for (const name of [tested, `${tested.split(/[_.]/)[0]}${extension}`, `_${tested}`]) {
    const found = byEnding.get(name) ?? [];
    const near = found.filter((file) => files[file]?.path.slice(0, -name.length - 1) === beside);
    const meant = near.length > 0 ? near : found;
    if (meant.length === 0) continue;
    for (const file of meant) {
      evidence.addFile('testName', file, (weight / meant.length) * (name === tested ? 1 : 0.5));
      evidence.note('testName', `file ${file}`, path);
    }
    return;
  }
}

function byCalls(evidence: Evidence, definitions: Definitions, file: number, chunk: number, weight: number): void {
  const facts = evidence.corpus.facts(file);
  const parts = facts.chunks[chunk]?.parts ?? [];
  const calls = facts.references.filter(
    ({ kind, span }) => kind === 'call' && parts.some(({ start, end }) => start <= span.start && span.start < end),
  );
  const names = new Set(calls.map(({ name }) => name));
  for (const name of names) {
    const found = definitions.named(name).filter(({ kind }) => isCallable(kind) || kind === 'class');
    if (found.length === 0 || found.length > mostNamed) continue;
    const share = weight / found.length / (3 + 0.3 * names.size);
    for (const { key } of found) {
      evidence.addSymbol('testCalls', key, share);
      evidence.note('testCalls', `file ${fileOfKey(key)}`, (evidence.corpus.files[file] as { path: string }).path);
    }
  }
}
