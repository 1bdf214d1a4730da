/**
 * The walls between the layers, and proof that they hold: a forbidden import planted in
 * a copy of the sources must not compile. What a compiler cannot see (who starts
 * processes, who reads the environment, who reaches past a `mod.ts`) is read from
 * the import lines.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Files of `src` that are part of the program, with the modules they import. */
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.test(ing)?\.ts$/.test(path))
  .map((path) => {
    const text = readFileSync(join(root, 'src', path), 'utf8');
    const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
    return { path, layer: path.split('/')[0] as string, text, imports };
  });

describe('what import lines must keep to', () => {
  test('another layer is entered by its mod.ts only', () => {
    const reaching = sources.flatMap(({ path, layer, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(join(root, 'src'), resolve(root, 'src', dirname(path), name)))
        .filter((target) => target.split('/')[0] !== layer && basename(target) !== 'mod.ts')
        .map((target) => `${path} → ${target}`),
    );
    expect(reaching).toEqual([]);
  });

  test('only run starts processes', () => {
    const starting = sources.filter(({ imports }) =>
      imports.some((name) => /^(node:)?(child_process|cluster)$/.test(name)),
    );
    expect(starting.filter(({ layer }) => layer !== 'run').map(({ path }) => path)).toEqual([]);
  });

  test('few files reach for the network: an encoder or a model that the user named; sessions have a socket of this machine', () => {
    const network = /^(node:)?(https?|http2|net|tls|dgram|dns)(\/|$)/;
    const reaching = sources.filter(
      ({ imports, text }) => imports.some((name) => network.test(name)) || /\bfetch\(|\bglobalThis\.fetch\b/.test(text),
    );
    const ofSessions = reaching.filter(({ path }) => path.startsWith('run/session/host/'));
    // The bench of risk listens on this machine's loopback for what should not come, and connects to nothing.
    // So does a model that answers by a script, and the server of the faces, where it is told to.
    const listeners = reaching.filter(({ path }) =>
      ['bench/risk/canaries.ts', 'faces/http/server.ts', 'model/scripted/server.ts'].includes(path),
    );
    expect(listeners).toHaveLength(3);
    for (const { text } of listeners) expect(text).not.toMatch(/\bconnect\(|'0\.0\.0\.0'|'::'/);
    // The pages run in a browser, and ask the server that they came from.
    const ofPages = reaching.filter(({ path }) => path.startsWith('faces/web/shell/'));
    // A pipe of the file system is read as a socket is, by its descriptor.
    const pipes = reaching.filter(({ path }) => path === 'faces/operations/read-pipe.ts');
    for (const { text } of pipes) expect(text).not.toMatch(/\bconnect|\bport\b|\bhost\b/i);
    const known = [ofSessions, listeners, ofPages, pipes];
    const others = reaching.filter((one) => !known.some((list) => list.includes(one)));
    expect(others.map(({ path }) => path)).toEqual(['embed/endpoint.ts', 'model/transport.ts']);
    // Commands and the host of sessions speak over a socket in a directory of their owner's: a path, and never a port.
    expect(ofSessions.map(({ path }) => path)).toEqual([
      'run/session/host/client.ts',
      'run/session/host/connection.ts',
      'run/session/host/server.ts',
    ]);
    for (const { text, imports } of ofSessions) {
      expect(imports.filter((name) => network.test(name))).toEqual(['node:net']);
      const uses = [...text.matchAll(/\b(?:connect|listen)\(([^)]*)\)/g)].map((match) => match[1]);
      expect(uses.filter((use) => !['', 'record.socket', 'socket, resolve'].includes(use ?? ''))).toEqual([]);
    }
  });

  test('what knows providers of models is in their files, and is given the one fetch', () => {
    const knowing = sources.filter(({ imports }) => imports.some((name) => /^(ai$|@ai-sdk\/)/.test(name)));
    expect(knowing.map(({ path }) => path).filter((path) => !path.startsWith('model/providers/'))).toEqual([]);
    for (const { path, text } of knowing.filter(({ path }) => !path.endsWith('/types.ts'))) {
      // Left out, the SDK would read both from the environment.
      for (const said of ['baseURL: url', 'apiKey', 'fetch'])
        if (!text.includes(said)) throw new Error(`${path} leaves out ${said}`);
    }
  });

  test('the environment is read in one file', () => {
    const reading = sources
      // Code that runs inside an interpreter, whose `process` is one it made.
      .filter(({ path }) => !path.startsWith('run/embedded/quickjs/realm/'))
      .filter(({ text }) => /process\.env|\benv\b.*from 'node:process'/.test(text));
    expect(reading.map(({ path }) => path)).toEqual(['faces/settings.ts']);
  });

  test('only index opens the store; databases of the user are copied by one file', () => {
    const opening = sources.filter(({ layer, text }) => layer !== 'index' && text.includes("'node:sqlite'"));
    expect(opening.map(({ path }) => path).sort()).toEqual(['run/database/lockedfile.ts']);
  });

  test('one file speaks to a database server, the one that the user named', () => {
    const speaking = sources.filter(({ text }) => /\((?:'pg'|"pg")\)|from 'pg'/.test(text));
    expect(speaking.map(({ path }) => path)).toEqual(['run/database/connection.ts']);
  });

  test('every file says what it is for', () => {
    const silent = sources.filter(({ path, text }) => basename(path) !== 'mod.ts' && !/^(#!.*\n)?\/\*\*/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

/** What one layer may not write, by the file it is planted in. */
const forbidden: Readonly<Record<string, { readonly text: string; readonly said: string }>> = {
  ...upward('base', 'code'),
  ...upward('code', 'index'),
  ...upward('index', 'search'),
  // A key, to any layer that finds or runs programs, or makes them.
  ...upward('run', 'judge'),
  ...upward('search', 'judge'),
  ...upward('select', 'judge'),
  ...upward('solve', 'judge'),
  // Files, processes and network in the pure layers.
  ...module('code', 'node:fs'),
  ...module('code', 'node:child_process'),
  ...module('code', 'node:http'),
  'base/planted-environment.ts': { text: 'export const home = process.env;', said: "'process'" },
};

function upward(layer: string, above: string): typeof forbidden {
  const text = `import type { Target } from '../${above}/target.ts';\nexport type Up = Target;`;
  return { [`${layer}/planted-${above}.ts`]: { text, said: "is not under 'rootDir'" } };
}

function module(layer: string, name: string): typeof forbidden {
  const text = `import * as taken from '${name}';\nexport { taken };`;
  return { [`${layer}/planted-${name.slice(5)}.ts`]: { text, said: `'${name}'` } };
}

describe('the compiler refuses', () => {
  let copy = '';
  let errors: string[] = [];
  // The walls are in the settings of the layers: with those, and next to nothing in each layer, all is compiled in a second.
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'winnow-layers-'));
    for (const name of ['tsconfig.base.json', 'package.json']) cpSync(join(root, name), join(copy, name));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const layers = readdirSync(join(root, 'src'));
    for (const layer of layers) {
      mkdirSync(join(copy, 'src', layer), { recursive: true });
      cpSync(join(root, 'src', layer, 'tsconfig.json'), join(copy, 'src', layer, 'tsconfig.json'));
      writeFileSync(join(copy, 'src', layer, 'target.ts'), 'export interface Target {\n  readonly what: string;\n}\n');
    }
    writeFileSync(
      join(copy, 'src/solve/allowed.ts'),
      "import type { Target } from '../base/target.ts';\nexport type Down = Target;\n",
    );
    for (const [path, { text }] of Object.entries(forbidden)) writeFileSync(join(copy, 'src', path), `${text}\n`);
    const { stdout } = spawnSync(
      'node_modules/.bin/tsc',
      ['-b', ...layers.map((layer) => `src/${layer}`), '--pretty', 'false'],
      { cwd: copy, encoding: 'utf8' },
    );
    // An error is a line, and what explains it is indented below.
    errors = stdout.split(/\n(?! )/).filter((error) => error !== '');
  }, 240_000);
  afterAll(() => rmSync(copy, { recursive: true }));

  test('nothing, when nothing is forbidden', () => {
    expect(errors.filter((error) => !error.includes('planted-'))).toEqual([]);
  });
  test.each(Object.entries(forbidden))('%s', (path, { said }) => {
    expect(errors.filter((error) => error.includes(`src/${path}`)).join('\n')).toContain(said);
  });
});
