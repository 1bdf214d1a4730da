/**
 * Two ways to leave near copies out of a corpus, held against the truth: `CopyFilter` (`code/similar/copies.ts`) and the keys that training has (`embed/train/near.ts`).
 *
 * node perf/copies.ts REPOSITORY… [--threshold 0.8]
 *
 * The functions of the repositories come one after the other, as names in their order. A function is truly a copy when an earlier one that was not one itself
 * shares at least the threshold of its shingles of four names, by sets and an inverted list. Told: how many of the true copies each way finds, and how many
 * of what it takes for copies are none.
 */
import { parseArgs } from 'node:util';
import { CopyFilter, decodeUtf8, textTokens } from '../src/code/mod.ts';
import { nearKeys } from '../src/embed/train/near.ts';
import { openRepository } from '../src/index/mod.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threshold: { type: 'string', default: '0.8' }, home: { type: 'string' } },
});
const threshold = Number(values.threshold);

const texts: string[] = [];
for (const root of positionals) {
  const repository = openRepository(root, values.home === undefined ? {} : { home: values.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  for (const file of snapshot.files()) {
    const source = snapshot.source(file);
    if (source.kind !== 'source') continue;
    const { chunks } = snapshot.facts(file.version);
    for (const { kind, parts } of chunks)
      if (kind === 'function')
        texts.push(parts.map(({ start, end }) => decodeUtf8(source.bytes, start, end)).join('\n'));
  }
  snapshot.close();
  repository.close();
}

function shinglesOf(tokens: readonly number[]): Set<string> {
  const set = new Set<string>();
  for (let i = 0; i + 4 <= Math.max(4, tokens.length); i++) set.add(tokens.slice(i, i + 4).join());
  return set;
}

/** By text: whether it is truly a copy. */
function truth(sets: readonly ReadonlySet<string>[]): boolean[] {
  const holders = new Map<string, number[]>();
  return sets.map((set, text) => {
    const common = new Map<number, number>();
    for (const shingle of set)
      for (const other of holders.get(shingle) ?? []) common.set(other, (common.get(other) ?? 0) + 1);
    for (const [other, shared] of common)
      if (shared / (set.size + (sets[other] as ReadonlySet<string>).size - shared) >= threshold) return true;
    for (const shingle of set) {
      const list = holders.get(shingle) ?? [];
      list.push(text);
      holders.set(shingle, list);
    }
    return false;
  });
}

const usable = texts.map((text) => ({ text, tokens: textTokens(text) })).filter(({ tokens }) => tokens.length >= 8);
const isCopy = truth(usable.map(({ tokens }) => shinglesOf(tokens)));

function told(name: string, verdicts: readonly boolean[], cpuMs: number): void {
  let [found, copies, wrong, called] = [0, 0, 0, 0];
  for (const [i, verdict] of verdicts.entries()) {
    if (isCopy[i]) copies++;
    if (verdict) called++;
    if (verdict && isCopy[i]) found++;
    if (verdict && !isCopy[i]) wrong++;
  }
  console.log(
    `${name}: ${found} of ${copies} copies found (${((100 * found) / copies).toFixed(1)}%), ${wrong} of ${called} called copies are none (${((100 * wrong) / Math.max(1, called)).toFixed(1)}%), ${cpuMs.toFixed(0)} ms`,
  );
}

function timed<T>(run: () => T): { result: T; cpuMs: number } {
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  return { result, cpuMs: (user + system) / 1000 };
}

console.log(`${usable.length} functions of ${positionals.length} repositories, threshold ${threshold}`);
const filter = new CopyFilter({ capacity: usable.length, threshold, shingle: 4 });
const ours = timed(() => usable.map(({ tokens }) => filter.add(tokens).kind === 'copy'));
told('CopyFilter', ours.result, ours.cpuMs);
const seen = new Set<number>();
const theirs = timed(() =>
  usable.map(({ text }) => {
    const keys = nearKeys(text);
    const known = keys.some((key) => seen.has(key));
    if (!known) for (const key of keys) seen.add(key);
    return known;
  }),
);
told('keys of training', theirs.result, theirs.cpuMs);
