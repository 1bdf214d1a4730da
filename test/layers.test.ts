/**
 * The walls between the layers, and proof that they hold: a forbidden import planted in
 * a copy of the sources must not compile. What a compiler cannot see (who starts
 * processes, who reads the environment, who reaches past a `mod.ts`) is read from
 * the import lines.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
    const others = reaching.filter((one) => ![ofSessions, listeners, ofPages].some((list) => list.includes(one)));
    expect(others.map(({ path }) => path)).toEqual(['embed/endpoint.ts', 'model/transport.ts']);
    // Commands and the host of sessions speak over a socket in a directory of their owner's: a path, and never a port.
    expect(ofSessions.map(({ path }) => path)).toEqual(['run/session/host/client.ts', 'run/session/host/server.ts']);
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

describe('the compiler refuses', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'winnow-layers-'));
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
    cpSync(join(root, 'tsconfig.base.json'), join(copy, 'tsconfig.base.json'));
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  /** Compiles a layer and what it may import, with one more file in it. */
  function compile(layer: string, planted: string): string {
    const file = join(copy, 'src', layer, 'planted.ts');
    writeFileSync(file, `/** Planted. */\n${planted}\n`);
    const { stdout } = spawnSync('node_modules/.bin/tsc', ['-b', `src/${layer}`, '--pretty', 'false'], {
      cwd: copy,
      encoding: 'utf8',
    });
    rmSync(file);
    return stdout;
  }

  test('nothing, when nothing is forbidden', () => {
    expect(
      compile('code', "import type { Span } from '../base/mod.ts';\nexport const none: Span = { start: 0, end: 0 };"),
    ).toBe('');
  });
  test('an upward import, even of a type', () => {
    expect(compile('base', "import type { Chunk } from '../code/mod.ts';\nexport type Up = Chunk;")).toContain(
      'planted.ts',
    );
    expect(compile('code', "import type { Snapshot } from '../index/mod.ts';\nexport type Up = Snapshot;")).toContain(
      'planted.ts',
    );
    expect(compile('index', "import type { Hit } from '../search/mod.ts';\nexport type Up = Hit;")).toContain(
      'planted.ts',
    );
  });
  test('a key, to any layer that finds or runs programs', () => {
    for (const layer of ['run', 'search'])
      expect(compile(layer, "import type { Key } from '../judge/mod.ts';\nexport type Seen = Key;")).toContain(
        'planted.ts',
      );
  });
  test('files, processes and network in the pure layers', () => {
    for (const name of ['node:fs', 'node:child_process', 'node:http']) {
      expect(compile('code', `import * as forbidden from '${name}';\nexport { forbidden };`)).toContain(`'${name}'`);
    }
    expect(compile('base', 'export const home = process.env;')).toContain("'process'");
  });
});
