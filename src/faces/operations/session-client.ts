/** How the verbs of sessions reach the process that holds them, and how they complain. */
import { resolve } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import {
  findHost,
  type HostClient,
  type HostPlan,
  noSessionAtHome,
  openHost,
  type RunSettings,
} from '../../run/mod.ts';
import type { Context } from './types.ts';

export function runSettings({ settings }: Context): RunSettings {
  return { cacheDir: resolve(settings.cacheDir, 'run'), path: settings.path };
}

export const hostPlan = (context: Context): HostPlan => ({
  home: resolve(context.settings.cacheDir),
  run: runSettings(context),
  undo: { directory: resolve(context.settings.cacheDir, 'undo') },
});

/** Starts the host where there is none. */
export async function withNewHost<Result>(
  context: Context,
  act: (host: HostClient) => Promise<Result>,
): Promise<Result> {
  return closing(await openHost(hostPlan(context)), act);
}

/**
 * For what concerns a session that is there: where there is no host, there is none.
 *
 * @throws WinnowError `unknown-session`, `session-over`
 */
export async function withHost<Result>(
  context: Context,
  id: string,
  act: (host: HostClient) => Promise<Result>,
): Promise<Result> {
  const host = await findHost(hostPlan(context).home);
  if (host === null) throw noSession(context, id);
  return closing(host, act);
}

export async function closing<Result>(host: HostClient, act: (host: HostClient) => Promise<Result>): Promise<Result> {
  try {
    return await act(host);
  } finally {
    host.close();
  }
}

/** @returns that it is over and why, or that nobody knows it */
export const noSession = (context: Context, id: string): WinnowError => noSessionAtHome(hostPlan(context).home, id);

export function badSessionUsage(verb: string, message: string): WinnowError {
  return new WinnowError('bad-usage', `${message} See \`winnow ${verb} --help\`.`, { details: { verb } });
}
