/** The hooks of `runtime.cjs` for ES modules: bound before any of the program runs, whatever imports whom in a circle. */
import runtime from './runtime.cjs';

export const { c, o, q, k, e, h, S, r, R, x, g, y, z, l, d, v, b, n, s, j, i, t, u } = runtime;
