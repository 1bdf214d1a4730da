/** The program that a tool was given, as the operations take it; and what it wrote, as text. */
import { resolve } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import { requireWithin } from '../../served/within.ts';
import { fileOf } from '../printed.ts';
import type { ProgramInput } from '../tools/program.ts';
import type { Call } from '../types.ts';

/** As the operations take it, with paths made whole. @throws WinnowError `bad-usage`, `path-not-found`, `unknown-id` */
export async function programOf(given: ProgramInput, call: Call): Promise<Record<string, unknown>> {
  const { code, language, file, files, args, stdin, seconds, partial } = given;
  if ((code === undefined) === (file === undefined))
    throw new WinnowError('bad-usage', 'Expected either code, with its language, or file.');
  if (code !== undefined && language === undefined)
    throw new WinnowError('bad-usage', 'Expected the language of the code: python, javascript, …');
  const base = resolve(call.directory, given.directory ?? '.');
  const time = `${seconds}s`;
  return {
    ...(partial ? { partial } : {}),
    ...(file === undefined ? { code } : await placeOf(file, base, call)),
    ...(language === undefined ? {} : { lang: language }),
    ...(stdin === undefined ? {} : { input: stdin }),
    files: files.map((one) => resolve(base, one)),
    ...{ args, wall: time, cpu: time },
  };
}

/** A file, or an id; of that the function is meant, and only partial execution calls one. */
async function placeOf(file: string, base: string, call: Call): Promise<{ file: string; partial?: true }> {
  const found = await fileOf(file, base, call);
  if (found !== null)
    return { file: `${found.path}${found.behind}`, ...(found.behind === '' ? {} : { partial: true }) };
  // The end of an id, which the operation looks up; a path is none.
  if (file.lastIndexOf(':') > 1 || !/[/\\.]/.test(file)) return { file, partial: true };
  requireWithin(file, base, call.roots.all());
  throw new WinnowError(
    'path-not-found',
    `There is no file ${JSON.stringify(file)} in ${base}. Name one relative to it, or an id as search gives it.`,
    { details: { path: file } },
  );
}

type Stream = { encoding: 'utf-8' | 'base64'; head: string; tail: string; omittedBytes: number };

/** What a program wrote, as far as it is text and was kept. */
export function streamText(stream: Stream | null): string {
  if (stream === null) return '';
  if (stream.encoding === 'base64')
    return `[${Math.floor((stream.head.length + stream.tail.length) * 0.75)} bytes that are no text]\n`;
  const { head, tail, omittedBytes } = stream;
  return omittedBytes === 0 ? `${head}${tail}` : `${head}\n[${omittedBytes} bytes were not kept]\n${tail}`;
}

export const lineEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
