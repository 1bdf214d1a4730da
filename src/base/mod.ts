export { userCacheDir } from './cache.ts';
export { type Clock, fixedClock, systemClock } from './clock.ts';
export { type ErrorCode, type ExitCode, errorTable, WinnowError } from './errors.ts';
export { limits } from './limits.ts';
export { type Mount, mountsIn } from './mounts.ts';
export { nearest } from './nearest.ts';
export { type Random, seededRandom } from './random.ts';
export { harmless, hasSigns } from './signs.ts';
export { contains, type LineRange, lineAt, lineStarts, linesOf, overlaps, type Span, spanLength } from './span.ts';
