export { fillMatrix, type MatrixOptions } from './matrix.ts';
export type { Method } from './methods/method.ts';
export { methods } from './methods/table.ts';
export { passAt, passAtRandom } from './ranking.ts';
export { type Candidate, cellStates, type Matrix, type MatrixTask, type Probe, type Ranking } from './types.ts';
export { wellFormed } from './wellformed.ts';
