/** The part of a source that is a program: what stands before its first mistake; and sources without their types. */
import { stripTypeScriptTypes } from 'node:module';

/** Lines that are taken away at most, one after the other, until the rest is a program. */
const mostTaken = 500;

/** @returns null when all of it is a program, or no beginning of it is */
export function beforeMistake(text: string): { text: string; problem: string; line: number } | null {
  const problem = problemOf(text);
  if (problem === null) return null;
  const lines = text.split('\n');
  for (let count = lines.length - 1; count > 0 && count > lines.length - mostTaken; count--) {
    const beginning = `${lines.slice(0, count).join('\n')}\n`;
    if (problemOf(beginning) === null) return { text: beginning, problem, line: count + 1 };
  }
  return null;
}

/** Whether it is JavaScript or TypeScript, by Node's own parser. */
export const isProgram = (text: string): boolean => problemOf(text) === null;

function problemOf(text: string): string | null {
  try {
    stripTypeScriptTypes(text, { mode: 'transform' });
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : '';
  }
}

/** Blanks in the place of types; undefined where more than types must go. */
export function withoutTypes(text: string): string | undefined {
  try {
    return stripTypeScriptTypes(text, { mode: 'strip' });
  } catch {
    return undefined;
  }
}
