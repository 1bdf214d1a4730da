/**
 * The environment, read once, checked, and passed down as plain data.
 *
 * The only file that reads environment variables (a test says so). A misspelt
 * `WINNOW_…` variable is refused, because a setting that is silently ignored costs
 * more than an error. Not here: flags, which belong to the verbs.
 */
import { homedir } from 'node:os';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { nearest, userCacheDir, WinnowError } from '../base/mod.ts';

import type { Settings } from './operations/types.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is known of the terminal that standard output goes to. */
interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

const known = ['WINNOW_HOME', 'WINNOW_ENCODER'];
/** Columns assumed where there is no terminal. */
const pipeColumns = 100;

/** @throws WinnowError `bad-usage` on an unknown `WINNOW_…` variable */
export function readSettings(
  environment: Environment = process.env,
  terminal: Terminal = { isTTY: process.stdout.isTTY === true, columns: process.stdout.columns },
): Settings {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('WINNOW_') || known.includes(name)) continue;
    const [near] = nearest(name, known);
    throw new WinnowError(
      'bad-usage',
      `The environment variable ${name} is not a setting of Winnow. ${near ? `Did you mean ${near}?` : `Settings: ${known.join(', ')}.`} Unset it.`,
      { details: { variable: name, known } },
    );
  }
  const given = environment.WINNOW_HOME;
  const home = given ? resolve(startDirectory(environment), given) : undefined;
  // Node's way of making directories never ends there.
  if (home !== undefined && /^\/(proc|sys)(\/|$)/.test(home))
    throw new WinnowError('bad-usage', `WINNOW_HOME is ${home}, where no directory can be made. Choose another.`);
  return {
    home,
    encoder: environment.WINNOW_ENCODER || undefined,
    variable: (name) => environment[name] || undefined,
    cacheDir: home ?? userCacheDir(process.platform, ownHome()),
    // A relative directory in PATH means another one wherever one stands; toolchains are not looked for there.
    path: (environment.PATH ?? '').split(delimiter).filter(isAbsolute),
    color: wantsColor(environment, terminal),
    columns: terminal.isTTY && terminal.columns ? Math.max(40, terminal.columns) : pipeColumns,
  };
}

/** @throws WinnowError `bad-usage` where neither HOME nor the list of users tells it */
function ownHome(): string {
  try {
    return homedir();
  } catch {
    throw new WinnowError(
      'bad-usage',
      'HOME is not set, and this user has no entry in the list of users that would tell a home directory. Set HOME or WINNOW_HOME.',
    );
  }
}

/** Where the person stands: `npm run winnow` changes directory to the project and leaves the first one in `INIT_CWD`. */
export function startDirectory(environment: Environment = process.env): string {
  const started = environment.npm_lifecycle_event === 'winnow' ? environment.INIT_CWD : undefined;
  return started || process.cwd();
}

/** no-color.org and force-color.org, then the terminal. */
function wantsColor(environment: Environment, terminal: Terminal): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return true;
  return terminal.isTTY && environment.TERM !== 'dumb';
}
