/** The Python files by which values leave and enter an interpreter as literals, for jobs that compare outside of the one a candidate runs in. */
import { readFileSync } from 'node:fs';
import type { JobFile } from '../types.ts';

/** `text_of(value)`, `value_of(text)`, and `Opaque`, which stands for what has no literal. */
export const pythonLiterals = (): JobFile => ({
  path: 'winnow_value.py',
  bytes: readFileSync(new URL('winnow_value.py', import.meta.url)),
});

/** `text_of` and `value_of` of all kinds of values, told by kind and content (`winnow_typed.py`, `winnow_read.py`): for outputs that are compared with each other. */
export const pythonTypedLiterals = (): readonly JobFile[] => [
  pythonLiterals(),
  ...['winnow_typed.py', 'winnow_read.py'].map((path) => ({
    path,
    bytes: readFileSync(new URL(path, import.meta.url)),
  })),
];
