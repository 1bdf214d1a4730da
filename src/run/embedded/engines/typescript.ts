/**
 * TypeScript: types taken out by Node's own `stripTypeScriptTypes`, then run as JavaScript.
 *
 * Types are not checked. Enums, namespaces and parameter properties are rewritten. A file whose syntax is wrong fails the
 * compile step; all TypeScript files of the job are looked at before the program begins, so the failure comes first.
 */
import { stripTypeScriptTypes } from 'node:module';
import { withEnding } from '../../entryending.ts';
import type { CheckedJob } from '../../types.ts';
import type { EngineModule, EngineResult } from '../engine.ts';
import { makeImage } from '../quickjs/image.ts';
import { runJob } from '../quickjs/job.ts';
import type { Strip } from '../quickjs/programhost.ts';
import { quickjsVersion } from './javascript.ts';

const isTypeScript = (path: string) => /\.[cm]?ts$/.test(path) && !/\.d\.[cm]?ts$/.test(path);

/** Types become blanks, so that lines and columns stay, unless something must be rewritten. */
export const strip: Strip = (source) => {
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
    return stripTypeScriptTypes(source, { mode: 'transform' });
  }
};

export const typescriptEngine: EngineModule = {
  language: 'typescript',
  unpinned: [],
  counts: true,
  compiles: true,
  probe: async () => ({ version: `${quickjsVersion}, types stripped by Node ${process.versions.node}` }),
  async open({ cacheDir }) {
    const image = makeImage(cacheDir);
    // Loads the stripper, which a confined process could not.
    strip('enum E { A }', '');
    return {
      async run(asked, output) {
        const job = withEnding(asked, ['.ts', '.mts', '.cts']);
        const started = performance.now();
        const compiled = compile(job);
        const step = {
          stdout: new Uint8Array(0),
          stderr: Buffer.from(compiled.problem, 'utf8'),
          wallMs: performance.now() - started,
          cached: false,
        };
        if (compiled.problem !== '') return failed({ ...step, ending: { kind: 'exited', code: 1 } });
        output.programBegins?.();
        const result = runJob(image, job, output, (source, path) => compiled.texts.get(path) ?? strip(source, path));
        return { ...result, compile: { ...step, ending: { kind: 'exited', code: 0 } } };
      },
    };
  },
};

/** @returns the texts by absolute path; a problem, in words, when one has a syntax error */
function compile(job: CheckedJob): { texts: ReadonlyMap<string, string>; problem: string } {
  const texts = new Map<string, string>();
  for (const { path, bytes } of job.files) {
    if (!isTypeScript(path)) continue;
    const text = Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    try {
      texts.set(`/work/${path}`, strip(text.startsWith('#!') ? `//${text}` : text, path));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const code = (error as { code?: string }).code;
      if (code !== 'ERR_INVALID_TYPESCRIPT_SYNTAX' && code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
      return { texts, problem: `${path}: ${error.message.trim()}\n` };
    }
  }
  return { texts, problem: '' };
}

function failed(compile: NonNullable<EngineResult['compile']>): EngineResult {
  return {
    ending: { kind: 'compile-failed' },
    instructions: null,
    peakMemoryBytes: null,
    files: [],
    reusable: true,
    compile,
  };
}
