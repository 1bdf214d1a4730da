/** All methods, in the order in which tables show them. */
import { posterior } from '../posterior/posterior.ts';
import { agentless } from './agentless.ts';
import { b4 } from './b4.ts';
import { codet } from './codet.ts';
import type { Method } from './method.ts';
import { alphaCode, functionalConsensus, minimumRisk, softRisk } from './outputs.ts';
import { pageRank } from './pagerank.ts';
import { mostPassed } from './passed.ts';
import { random } from './random.ts';
import { sStar } from './sstar.ts';

export const methods: readonly Method[] = [
  random,
  mostPassed,
  alphaCode,
  minimumRisk,
  softRisk,
  pageRank,
  functionalConsensus,
  codet,
  b4(1e4),
  b4(1e5),
  b4(1e6),
  sStar,
  agentless,
  posterior,
];
