/**
 * What a strategy's numbers may be: a number of one name means the same in all strategies, so its range stands here once.
 *
 * A lower bound is where the strategy still does something, an upper one where a typing error is likelier than a wish: a thousand replies are what the layer of models draws at once, subsets of forty observations are ten
 * thousand.
 */
import { WinnowError } from '../../base/mod.ts';

export interface Range {
  /** Both inclusive. */
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

const whole = (least: number, most: number): Range => ({ least, most, whole: true });
const real = (least: number, most: number): Range => ({ least, most, whole: false });

const ranges: Readonly<Record<string, Range>> = {
  around: whole(0, 1_000),
  attempts: whole(1, 100),
  base: real(1, 1e6),
  blocks: whole(2, 1_000),
  c: real(0, 1_000),
  callMs: whole(1, 600_000),
  calls: whole(0, 10_000),
  characters: whole(10, 100_000),
  depth: whole(1, 20),
  depthFirst: whole(0, 1),
  draftTemperature: real(0, 2),
  exclude: whole(0, 1),
  files: whole(1, 100),
  inputs: whole(1, 1_000),
  leaves: whole(1, 10_000),
  maxTokens: whole(1, 1_000_000),
  observations: whole(1, 40),
  pairs: whole(0, 1_000),
  patches: whole(1, 1_000),
  perSample: whole(1, 1_000),
  placeSamples: whole(1, 1_000),
  planRounds: whole(1, 1_000),
  plans: whole(1, 100),
  preferMended: whole(0, 1),
  programs: whole(1, 1_000),
  reflections: whole(1, 100),
  reproductions: whole(0, 1_000),
  reruns: whole(0, 10),
  restarts: whole(1, 1_000),
  rethinks: whole(0, 100),
  retries: whole(1, 1_000),
  review: whole(0, 1),
  rollouts: whole(1, 10_000),
  rounds: whole(0, 1_000),
  samples: whole(1, 1_000),
  strategies: whole(1, 100),
  subset: whole(1, 3),
  suites: whole(0, 10_000),
  suspects: whole(0, 100),
  temperature: real(0, 2),
  testSamples: whole(1, 1_000),
  topP: real(0.01, 1),
  tries: whole(1, 1_000),
  turns: whole(1, 1_000),
  width: whole(1, 100),
};

/** Of a number that is not in the table, from 0. */
export const rangeOf = (name: string): Range => (isRanged(name) ? ranges[name] : null) ?? real(0, 1e6);

export const isRanged = (name: string): boolean => Object.hasOwn(ranges, name);

/** `a whole number from 1 to 1,000`. */
export const rangeText = ({ least, most, whole: isWhole }: Range): string =>
  `a ${isWhole ? 'whole ' : ''}number from ${least} to ${most.toLocaleString('en')}`;

/** @throws WinnowError `bad-usage` */
export function checkRange(strategy: string, name: string, value: number): void {
  const range = rangeOf(name);
  if (value >= range.least && value <= range.most && (!range.whole || Number.isInteger(value))) return;
  throw new WinnowError(
    'bad-usage',
    `Expected ${rangeText(range)} for ${name} of ${strategy}; it was ${value}. --list says what each number is.`,
    { details: { strategy, name, value, ...range } },
  );
}
