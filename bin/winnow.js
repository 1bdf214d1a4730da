#!/usr/bin/env node
/**
 * Starts the CLI on the right Node.
 *
 * Winnow runs its TypeScript as it stands, which needs Node 24. On an older Node this
 * file, plain JavaScript, starts the package's own Node 24 and stands in for it: same
 * terminal, signals passed on, same exit. It decides nothing else.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundledMain } from './bundled.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ownNode = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** By this name the one that was started knows that it stands in. */
const standInName = 'winnow';

if (!existsSync(join(root, 'node_modules/zod'))) fail('its dependencies are not installed');
if (Number.parseInt(process.versions.node, 10) >= 24) await run();
else if (existsSync(ownNode)) await standIn();
else fail(`it needs Node 24 and this is Node ${process.versions.node}`);

async function run() {
  endWithLauncher();
  silenceExperimentalWarnings();
  // Compiled code, types already stripped, from the last run: starts in half the time.
  module.enableCompileCache(join(root, 'node_modules/.cache/winnow'));
  leaveOutLocales();
  findOwnModules();
  const bundled = bundledMain(root);
  // The same modules in a few files, made by `setup.mjs`, while no source has changed since: half the time again.
  const { main } = await (bundled === undefined
    ? import('../src/faces/cli/main.ts')
    : import(pathToFileURL(bundled).href));
  await main(process.argv.slice(2));
}

async function standIn() {
  const { spawn } = await import('node:child_process');
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel says nothing; that it closes tells the child that this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    argv0: standInName,
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal's Ctrl-C reaches the child twice, from the terminal and from here; main.ts counts it once.
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${ownNode} does not start (${error.message})`));
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name);
    if (signal === null) process.exitCode = code ?? 3;
    else process.kill(process.pid, signal);
  });
}

/**
 * A launcher that is killed outright passes no signal on, so the one that does the work watches for its end: it winds up
 * as if told to, and if that takes long, it just ends. What it started ends with it.
 */
function endWithLauncher() {
  if (process.argv0 !== standInName || !process.channel) return;
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);
  });
  process.channel.unref();
}

/**
 * zod loads its messages in 50 languages from 50 files, more than all else of it; English is loaded apart.
 * Without them a search starts 35 ms sooner (of 250, two busy cores).
 */
function leaveOutLocales() {
  module.registerHooks({
    load: (url, context, next) =>
      url.endsWith('/zod/v4/locales/index.js')
        ? { format: 'module', source: 'export {};', shortCircuit: true }
        : next(url, context),
  });
}

/**
 * Our own modules name each other by their whole paths, so there is nothing to search for: no link to follow, no package to
 * ask what kind they are. Over some 600 of them that is 75 ms of a search's 390 of processor time (two busy cores).
 */
function findOwnModules() {
  const own = new URL('../src/', import.meta.url).href;
  module.registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith('.') && specifier.endsWith('.ts') && context.parentURL?.startsWith(own)
        ? { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context),
  });
}

/** Early releases of Node 24 call SQLite and type stripping experimental; that is no news to a user. */
function silenceExperimentalWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if ((warning?.name ?? type) !== 'ExperimentalWarning' && type !== 'ExperimentalWarning') {
      emit.call(process, warning, ...rest);
    }
  };
}

function fail(why) {
  process.stderr.write(
    `error: winnow cannot start: ${why}.\nRun \`node ${join(root, 'setup.mjs')}\`, then try again.\n`,
  );
  process.exit(3);
}
