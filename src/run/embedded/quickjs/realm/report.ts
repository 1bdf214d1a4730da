/** Stacks as V8 writes them, and the report on an error that nobody caught. */
import { write } from './console.ts';
import { door } from './door.ts';
import { inspect } from './inspect.ts';
import * as kinds from './kinds.ts';

interface Site {
  getFunctionName(): string | null;
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  isNative(): boolean;
}

/** The realm's own files: no part of the program's story. */
const realmPath = 'realm:';

/** Gives `Error.prototype.stack` V8's first line and layout. */
export function installStacks(): void {
  const place = Error as unknown as { prepareStackTrace: (error: Error, sites: Site[]) => string };
  place.prepareStackTrace = (error, sites) => {
    let text = headline(error);
    for (const site of sites) {
      const file = site.getFileName();
      if (file === null || site.isNative() || file.startsWith(realmPath)) continue;
      const where = `${file}:${site.getLineNumber() ?? 1}:${site.getColumnNumber() ?? 1}`;
      const name = site.getFunctionName();
      text += name ? `\n    at ${name} (${where})` : `\n    at ${where}`;
    }
    return text;
  };
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** Tells standard error of an error that ends the program, as Node does. */
export function report(error: unknown, nodeVersion: string): void {
  const isError = typeof error === 'object' && error !== null && kinds.isError(error);
  const shown = isError ? inspect(error) : `Uncaught ${inspect(error)}`;
  write(2, `${source(error)}${shown}\n\nNode.js v${nodeVersion}\n`);
}

/** The line that threw, where a file of the job did. */
function source(error: unknown): string {
  const stack = (error as { stack?: unknown } | null)?.stack;
  const at = typeof stack === 'string' ? /(?:\(|at )(\/[^\n]*?):(\d+):(\d+)\)?$/m.exec(stack) : null;
  if (at === null) return '';
  const line = door('source', at[1] as string).split('\n')[Number(at[2]) - 1];
  return line === undefined ? '' : `${at[1]}:${at[2]}\n${line}\n${' '.repeat(Math.max(0, Number(at[3]) - 1))}^\n\n`;
}

export function reportRejection(reason: unknown, nodeVersion: string): void {
  if (typeof reason === 'object' && reason !== null && kinds.isError(reason)) {
    report(reason, nodeVersion);
    return;
  }
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise ' +
      `which was not handled with .catch(). The promise rejected with the reason "${inspect(reason)}".`,
  );
  error.name = 'UnhandledPromiseRejection';
  const shown = Object.assign(error, { code: 'ERR_UNHANDLED_REJECTION' });
  shown.stack = headline(error);
  report(shown, nodeVersion);
}
