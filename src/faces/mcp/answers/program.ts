/** The program that a tool was given, as the operations take it; and what it wrote, as text. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import type { ProgramInput } from '../tools/program.ts';
import type { Call } from '../types.ts';

/** As the operations take it, with paths made whole. @throws WinnowError `bad-usage` */
export function programOf(given: ProgramInput, call: Call): Record<string, unknown> {
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
