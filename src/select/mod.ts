export { behaviours, passes } from './agreement.ts';
export { type Apart, tellsApart } from './apart.ts';
export { type Asked, type AskingOptions, ask, type Question } from './asking.ts';
export { type Checked, check } from './check.ts';
export { type FiledMatrix, filedMatrices, readMatrixFile } from './file.ts';
export { fillMatrix, type MatrixOptions } from './matrix.ts';
export type { Method } from './methods/method.ts';
export { methods } from './methods/table.ts';
export { type PreferencePair, preferencePairs } from './pairs.ts';
export { clustersOf, featureNames } from './posterior/features.ts';
export { fitPosterior, type LabelledProblem } from './posterior/fit.ts';
export { type Belief, beliefOf, type PosteriorWeights } from './posterior/posterior.ts';
export { type Choice, choose, passAt, passAtRandom, rankingOf } from './ranking.ts';
export { readTasks } from './rows.ts';
export {
  type Candidate,
  type CellState,
  cellStates,
  type Matrix,
  type MatrixTask,
  makings,
  type Probe,
  type Ranking,
} from './types.ts';
export { wellFormed } from './wellformed.ts';
