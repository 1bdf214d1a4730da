export { fillMatrix, type MatrixOptions, type MatrixTask } from './matrix.ts';
export type { Method } from './methods/method.ts';
export { methods } from './methods/table.ts';
export { passAt, passAtRandom } from './ranking.ts';
export type { Candidate, Matrix, Probe, Ranking } from './types.ts';
export { wellFormed } from './wellformed.ts';
