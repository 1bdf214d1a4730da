/**
 * Lua's tracer: a file that Lua runs before the program (`LUA_INIT`) sets a hook.
 *
 * Nothing is rewritten, and the program stays the entry. How: `start.lua`, `recorder.lua`. No level `blocks`: nothing here tells where blocks begin.
 */
import type { JobFile } from '../../types.ts';
import { type TracePlan, type Tracer, traceDirectory, tracerFile } from '../tracejob.ts';

const parts = ['start', 'writer', 'values', 'files', 'recorder'];
const start = `@${traceDirectory}/start.lua`;

export const luaTracer: Tracer = {
  extensions: ['.lua'],
  levels: ['coverage', 'counts', 'lines', 'values'],
  async prepare(job, plan) {
    const own = await Promise.all(parts.map((name) => tracerFile(`lua/${name}.lua`)));
    const traced = job.files.filter(({ path }) => plan.files.includes(path));
    const bytes = new TextEncoder().encode(planText(plan, globalsOf(traced)));
    const { LUA_INIT: before, ...env } = job.env ?? {};
    const more: JobFile[] = [];
    if (before !== undefined) {
      // The program's own comes first, as it would.
      const text = before.startsWith('@') ? `dofile(${literal(before.slice(1))})` : before;
      more.push({ path: `${traceDirectory}/before.lua`, bytes: new TextEncoder().encode(text) });
      own[0] = prefixed(own[0] as JobFile, `dofile('${traceDirectory}/before.lua')\n`);
    }
    return {
      job: {
        ...job,
        files: [...job.files, ...own, ...more, { path: `${traceDirectory}/plan.lua`, bytes }],
        env: { ...env, LUA_INIT: start },
      },
      left: [],
    };
  },
};

const prefixed = (file: JobFile, text: string): JobFile => ({
  ...file,
  bytes: Buffer.concat([Buffer.from(text), file.bytes]),
});

/** Lua has no JSON; it reads tables of its own. */
function planText({ level, limits, files }: TracePlan, globals: readonly string[]): string {
  const pairs = Object.entries(limits).map(([name, value]) => `${name} = ${value}`);
  return `return {
  level = ${literal(level)}, limits = { ${pairs.join(', ')} }, head = ${literal(JSON.stringify(limits))},
  files = { ${files.map(literal).join(', ')} }, globals = { ${globals.map(literal).join(', ')} },
}
`;
}

/** Text as Lua reads it: bytes that are not plain by their numbers. */
const literal = (text: string): string =>
  `"${[...Buffer.from(text, 'utf8')].map((byte) => (byte < 32 || byte > 126 || byte === 34 || byte === 92 ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte))).join('')}"`;

/** Names that may be written as variables of the whole program; of a local one of that name, no such variable is found. */
function globalsOf(files: readonly JobFile[]): readonly string[] {
  const text = files.map(({ bytes }) => new TextDecoder().decode(bytes)).join('\n');
  const assigned = text.matchAll(
    /(?<![\w.:])([A-Za-z_]\w*)(?=\s*(?:,[\w\s,.[\]]*)?=(?!=))|\bfunction\s+([A-Za-z_]\w*)\s*\(/g,
  );
  return [...new Set([...assigned].map(([, name, made]) => name ?? made ?? ''))].slice(0, 200);
}
