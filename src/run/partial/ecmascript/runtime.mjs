/** The hooks of `runtime.cjs` for ES modules. */
import runtime from './runtime.cjs';

export const { file } = runtime;
