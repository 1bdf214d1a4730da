/** All strategies, in the order in which they are listed. */
import type { Strategy } from '../frame/strategy.ts';
import { chainOfCode } from './chainofcode.ts';
import { codeAct } from './codeact.ts';
import { b4, codet } from './codet.ts';
import { codeTree } from './codetree.ts';
import { direct } from './direct.ts';
import { fewShot } from './fewshot.ts';
import { funCoder } from './funcoder.ts';
import { ldb } from './ldb.ts';
import { lpw, slpw } from './lpw.ts';
import { mgDebugger } from './mgdebugger.ts';
import { planSearch } from './plansearch.ts';
import { rethinkMcts } from './rethinkmcts.ts';
import { selfDebug } from './selfdebug.ts';
import { sStar } from './sstar.ts';

export const strategies: readonly Strategy[] = [
  direct,
  fewShot,
  codet,
  b4,
  selfDebug,
  ldb,
  mgDebugger,
  funCoder,
  planSearch,
  lpw,
  slpw,
  sStar,
  codeTree,
  rethinkMcts,
  codeAct,
  chainOfCode,
];
