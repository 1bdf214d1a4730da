/** What `run` and `trace` take alike: a program as a text, a file, or the id of a function. */
import { z } from 'zod';
import { directory } from './parts.ts';

export const programInput = {
  code: z.string().max(1_000_000).optional().describe('The program itself; needs language'),
  language: z.string().max(40).optional().describe('python, javascript, typescript, bash, go, rust, …'),
  file: z
    .string()
    .max(2_000)
    .optional()
    .describe('A file of the repository, in the place of code; or an id: its function is called, or traced'),
  files: z.array(z.string()).max(100).default([]).describe('Files or folders to be found beside it'),
  args: z.array(z.string()).max(1_000).default([]).describe('Its arguments'),
  stdin: z.string().max(1_000_000).optional().describe('What it reads'),
  partial: z
    .boolean()
    .default(false)
    .describe(
      'Fill in what is missing (imports, inputs, definitions), and say what was guessed; of an id it is so always',
    ),
  seconds: z.int().min(1).max(120).default(10).describe('Time it may take'),
  directory,
};

/** What the operations call otherwise. */
export const programRenames = { lang: 'language', input: 'stdin', wall: 'seconds', cpu: 'seconds' };

export type ProgramInput = z.output<z.ZodObject<typeof programInput>>;
