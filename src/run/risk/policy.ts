/**
 * What may be run: a policy says for each category of risk whether findings are allowed, confined, asked about or refused.
 *
 * `confine` runs the program and takes away what would let the finding reach out: the network for network, directories of this machine for files. The sandbox
 * does the rest, as for every run. `ask` refuses until somebody says `--allow`. Findings below `least` are always allowed.
 */
import { WinnowError } from '../../base/mod.ts';
import { isRecord } from '../untrusted.ts';
import type { SeenAct } from './observe.ts';
import {
  isAtLeast,
  type RiskCategory,
  type RiskFinding,
  type RiskReport,
  riskCategories,
  type Severity,
  severities,
} from './types.ts';

export const policyActions = ['allow', 'confine', 'ask', 'refuse'] as const;
export type PolicyAction = (typeof policyActions)[number];

export interface RiskPolicy {
  readonly name: string;
  /** The least severity that counts. Default `medium`. */
  readonly least: Severity;
  /** For categories that are not named. */
  readonly otherwise: PolicyAction;
  readonly categories: Readonly<Partial<Record<RiskCategory, PolicyAction>>>;
  /** For what could not be read. */
  readonly unknown: PolicyAction;
}

export interface PolicyDecision {
  readonly policy: string;
  readonly runs: boolean;
  /** Why not, each with its place; empty when it runs. */
  readonly refused: readonly {
    readonly action: 'ask' | 'refuse';
    readonly category: RiskCategory | 'unknown';
    readonly finding: RiskFinding | null;
    readonly reason: string;
  }[];
  /** Categories that run without what would let them reach out. */
  readonly confined: readonly RiskCategory[];
}

/** `strict`: nothing that reaches out of the work directory, and nothing that cannot be read. `work-directory`: runs without reach; hides nothing, stays not. */
export const builtInPolicies: Readonly<Record<string, RiskPolicy>> = {
  strict: { name: 'strict', least: 'medium', otherwise: 'refuse', categories: {}, unknown: 'refuse' },
  'work-directory': {
    name: 'work-directory',
    least: 'medium',
    otherwise: 'confine',
    categories: { persistence: 'refuse', privileges: 'refuse', obfuscation: 'refuse', weakness: 'allow' },
    unknown: 'confine',
  },
  open: { name: 'open', least: 'medium', otherwise: 'allow', categories: {}, unknown: 'allow' },
};

/**
 * A policy as data: `{"default": "refuse", "network": "confine", "least": "high", "unknown": "ask"}`.
 *
 * @throws WinnowError `bad-data` for anything else
 */
export function policyOf(name: string, given: unknown): RiskPolicy {
  if (!isRecord(given))
    throw badPolicy(
      name,
      `an object was expected; it is ${given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given}`,
    );
  const categories: Partial<Record<RiskCategory, PolicyAction>> = {};
  let [least, otherwise, unknown]: [Severity, PolicyAction, PolicyAction | null] = ['medium', 'confine', null];
  for (const [key, value] of Object.entries(given)) {
    if (key === 'least') {
      if (!isOneOf(severities, value))
        throw badPolicy(name, `"least" must be ${severities.join(', ')}; it is ${JSON.stringify(value)}`);
      least = value;
      continue;
    }
    const isCategory = isOneOf(riskCategories, key);
    if (!isCategory && key !== 'default' && key !== 'unknown')
      throw badPolicy(
        name,
        `${JSON.stringify(key)} is no category; there are ${riskCategories.join(', ')}, and default, unknown and least`,
      );
    if (!isOneOf(policyActions, value))
      throw badPolicy(
        name,
        `${JSON.stringify(key)} must be ${policyActions.join(', ')}; it is ${JSON.stringify(value)}`,
      );
    if (isCategory) categories[key] = value;
    else if (key === 'default') otherwise = value;
    else unknown = value;
  }
  return { name, least, otherwise, categories, unknown: unknown ?? otherwise };
}

const isOneOf = <Word extends string>(words: readonly Word[], value: unknown): value is Word =>
  typeof value === 'string' && (words as readonly string[]).includes(value);

const badPolicy = (name: string, what: string): WinnowError =>
  new WinnowError('bad-data', `The policy ${name} cannot be used: ${what}.`, { details: { policy: name } });

/** What was seen, though not foretold, that the policy refuses, or asks about and nobody has answered for. */
export const seenAgainst = (acts: readonly SeenAct[], policy: RiskPolicy, allowed: readonly string[]): SeenAct[] =>
  acts.filter(({ category, severity }) => {
    const action = policy.categories[category] ?? policy.otherwise;
    const isAgainst = action === 'refuse' || (action === 'ask' && !allowed.includes(category));
    return isAgainst && isAtLeast(severity, policy.least);
  });

/** @param allowed categories that somebody has answered for, and `unknown` */
export function decide(
  report: Pick<RiskReport, 'findings' | 'unknowns'>,
  policy: RiskPolicy,
  allowed: readonly string[],
): PolicyDecision {
  const refused: PolicyDecision['refused'][number][] = [];
  const confined = new Set<RiskCategory>();
  for (const finding of report.findings) {
    const { category, severity, reason } = finding;
    if (!isAtLeast(severity, policy.least)) continue;
    const action = policy.categories[category] ?? policy.otherwise;
    if (action === 'confine') confined.add(category);
    if (action === 'refuse' || (action === 'ask' && !allowed.includes(category)))
      refused.push({ action, category, finding, reason });
  }
  if (policy.unknown === 'refuse' || (policy.unknown === 'ask' && !allowed.includes('unknown')))
    for (const { reason } of report.unknowns)
      refused.push({ action: policy.unknown, category: 'unknown', finding: null, reason });
  return { policy: policy.name, runs: refused.length === 0, refused, confined: [...confined] };
}
