/**
 * Trees of the numbers behind a score.
 *
 * A node's label ends with what makes its value from its children: `(sum)`, `(product)`,
 * `(saturation)`: (k1 + 1) · wtf / (k1 + wtf), `(stored level)`: the sum of its children,
 * rounded to one of the index's 255 levels, 2% off at most. Leaves are facts of the query,
 * the index or the source, or numbers of the tables of weights.
 */
import {
  docFlag,
  fieldFrequencies,
  fieldLengths,
  fieldNames,
  fieldShare,
  saturation,
  wtfOfLevel,
} from '../index/mod.ts';
import type { NamedHit } from './identifier.ts';
import type { MeaningPart, MeaningShare } from './meaning/fuse.ts';
import { type FileSort, fileSorts, priorParts } from './prior.ts';
import type { Reader } from './reader.ts';
import type { Candidate, Signals } from './rerank.ts';
import type { Explanation } from './types.ts';
import { flagsOfVersion } from './views.ts';
import {
  flagFactors,
  kindFactors,
  nameBases,
  namePoints,
  priorWeights,
  qualifierFactors,
  type SignalName,
  signalWeights,
} from './weights.ts';
import type { WordAnswer, WordHit } from './words.ts';

const leaf = (label: string, value: number): Explanation => ({ label, value, children: [] });

const sum = (label: string, children: readonly Explanation[]): Explanation => ({
  label: `${label} (sum)`,
  value: children.reduce((total, { value }) => total + value, 0),
  children,
});

const product = (label: string, children: readonly Explanation[]): Explanation => ({
  label: `${label} (product)`,
  value: children.reduce((total, { value }) => total * value, 1),
  children,
});

/** The tree of numbers behind a name's score. */
export function explainName(hit: NamedHit, asked: ReadonlySet<FileSort>): Explanation {
  const flags = flagsOfVersion(hit.view, hit.version);
  const exported = hit.facts.symbols[hit.symbol]?.exported ?? false;
  const prior = priorParts({ ...hit, path: hit.file.path, flags, exported }, asked).map(({ label, value }) =>
    product(label, [leaf('weight', priorWeights[label]), leaf('value', value)]),
  );
  return sum(`name matches: ${hit.match.kind}`, [
    product('match', [
      leaf(hit.match.kind, nameBases[hit.match.kind]),
      leaf(`qualifiers ${hit.qualifier}`, qualifierFactors[hit.qualifier]),
    ]),
    product('fit', [leaf('weight', namePoints.fit), leaf('share of the name matched', hit.match.fit)]),
    product('prior', [leaf('weight', namePoints.prior), sum('kind of definition and place', prior)]),
  ]);
}

/** The tree of numbers behind a words hit's score. */
export function explainWords(
  reader: Reader,
  hit: WordHit,
  { plan, text }: WordAnswer,
  asked: ReadonlySet<FileSort>,
): Explanation {
  const { best } = hit;
  const terms = plan.terms.flatMap(({ term, weight, origin }, at) => {
    const level = best.levels[at] as number;
    if (level === 0) return [];
    return [
      product(`term ${term}, ${origin}`, [
        leaf('weight in the query', weight),
        leaf('rarity (idf)', text?.terms[at]?.idf ?? 0),
        saturated(reader, best, term, level),
      ]),
    ];
  });
  const factors = fileSorts
    .filter((sort) => (best.flags & docFlag[sort]) !== 0 && !asked.has(sort))
    .map((sort) => leaf(`${sort} file`, flagFactors[sort]));
  if ((best.flags & docFlag.continued) !== 0) factors.push(leaf('later piece', flagFactors.continued));
  const place = [leaf(`kind ${best.kind}`, kindFactors[best.kind]), ...factors];
  const words = [product('ranked text', [sum('terms', terms), ...place]), boost(hit.signals)];
  if (hit.meaning === null) return product('score', words);
  return sum('score', [product('words', words), product('meaning', [ofMeaning(hit.meaning), ...place])]);
}

/** What meaning adds, before the factors of kind and place. */
function ofMeaning({ parts }: MeaningShare): Explanation {
  const each = Object.entries(parts).map(([part, { value, least, unit }]) =>
    product(meaningLabels[part as MeaningPart], [
      leaf('of words’ deviation to its own, weighted', unit),
      sum('above the least', [leaf('of this', value), leaf('less the least', -least)]),
    ]),
  );
  return sum('likeness', each);
}

const meaningLabels: Readonly<Record<MeaningPart, string>> = {
  cosine: 'cosine of the vectors',
  nearestWords: 'nearest words',
};

function boost(signals: Signals): Explanation {
  const parts = (Object.keys(signals) as SignalName[])
    .filter((name) => signals[name] !== 0)
    .map((name) => product(name, [leaf('weight', signalWeights[name]), leaf('signal', signals[name] ?? 0)]));
  return sum('boost', [leaf('one', 1), ...parts]);
}

function saturated(reader: Reader, candidate: Candidate, term: string, level: number): Explanation {
  const wtf = wtfOfLevel[level] as number;
  const frequency: Explanation = {
    label: 'weighted frequency (stored level)',
    value: wtf,
    children: byField(reader, candidate, term),
  };
  return {
    label: `of k1 ${saturation} (saturation)`,
    value: ((saturation + 1) * wtf) / (saturation + wtf),
    children: [frequency],
  };
}

/** What each field gives, counted from the source; nothing when the source has changed. */
function byField(reader: Reader, { file, chunk }: Candidate, term: string): Explanation[] {
  const source = reader.text(file);
  if (source === null) return [];
  const { path, version } = file;
  const input = { path, version, source: source.bytes, facts: reader.facts(version) };
  const frequencies = fieldFrequencies(input, chunk, term);
  const lengths = fieldLengths(input, chunk);
  return fieldNames
    .filter((field) => frequencies[field] > 0)
    .map((field) =>
      leaf(
        `${field}: ${frequencies[field]} of ${lengths[field]} terms`,
        fieldShare(field, frequencies[field], lengths[field]),
      ),
    );
}
