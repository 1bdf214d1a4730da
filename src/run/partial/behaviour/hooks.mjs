/** The hooks of `hooks.cjs` for ES modules. */
import runtime from './hooks.cjs';

export const { file } = runtime;
