/** What `run` and `trace` take and tell alike: a program as a text, a file, or the id of a function. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../../base/mod.ts';
import { directory } from '../parts.ts';
import type { Call } from '../types.ts';

export const programInput = {
  code: z.string().max(1_000_000).optional().describe('The program itself; needs language'),
  language: z.string().max(40).optional().describe('python, javascript, typescript, bash, go, rust, …'),
  file: z.string().max(2_000).optional().describe('A file of the repository, in the place of code'),
  files: z.array(z.string()).max(100).default([]).describe('Files or folders to be found beside it'),
  args: z.array(z.string()).max(1_000).default([]).describe('Its arguments'),
  stdin: z.string().max(1_000_000).optional().describe('What it reads'),
  seconds: z.int().min(1).max(120).default(10).describe('Time it may take'),
  directory,
};

type Given = z.output<z.ZodObject<typeof programInput>>;

/** As the operations take it, with paths made whole. @throws WinnowError `bad-usage` */
export function programOf(given: Given, call: Call): Record<string, unknown> {
  const { code, language, file, files, args, stdin, seconds } = given;
  if ((code === undefined) === (file === undefined))
    throw new WinnowError('bad-usage', 'Expected either code, with its language, or file.');
  if (code !== undefined && language === undefined)
    throw new WinnowError('bad-usage', 'Expected the language of the code: python, javascript, …');
  const base = resolve(call.directory, given.directory ?? '.');
  const time = `${seconds}s`;
  return {
    ...(code === undefined ? { file: placeOf(file as string, base) } : { code }),
    ...(language === undefined ? {} : { lang: language }),
    ...(stdin === undefined ? {} : { input: stdin }),
    files: files.map((one) => resolve(base, one)),
    ...{ args, wall: time, cpu: time },
  };
}

/** A file from the directory that is meant; of an id its file. */
function placeOf(file: string, base: string): string {
  const colon = file.lastIndexOf(':');
  const path = colon > 1 ? file.slice(0, colon) : file;
  return existsSync(resolve(base, path)) || colon <= 1 ? resolve(base, file) : file;
}
