/**
 * Starts the process that keeps, undoes and drops (`applier/applier.py`), and reads what it tells.
 *
 * It runs in a session of its own, so that whoever kills this process, or its whole group, does not kill it: a directory is left as it was or as it
 * was to be, not between. It gets no environment and no input. Why Python: renaming by descriptors, exchanging two names in one step, and locks that end with
 * their process are calls that Node does not offer; the native sandbox, which makes change sets, has Python anyway.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../../base/mod.ts';
import { isRecord } from '../untrusted.ts';

const program = fileURLToPath(new URL('applier/applier.py', import.meta.url));

/** Bytes of an answer: a hundred conflicts with the longest paths, and what was recovered. */
const mostAnswerBytes = 8 << 20;

export interface Answer {
  readonly result: 'kept' | 'undone' | 'dropped' | 'conflict' | 'recovered' | 'swept';
  readonly conflicts: readonly { readonly path: string; readonly why: string }[];
  /** What earlier appliers left undone, and what became of it. */
  readonly recovered: readonly { readonly id: string; readonly state: string; readonly problem: string | null }[];
  readonly lostUndo: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * @param words an action of the applier and its arguments
 * @throws WinnowError `undo-refused` when nothing was done, `disk-full`, `undo-busy`, `database-busy`, `sandbox-failed` when it broke
 */
export async function apply(python: string, store: string, words: readonly string[]): Promise<Answer> {
  const child = spawn(python, ['-I', '-S', '-B', program, store, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    cwd: '/',
  });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (piece: Buffer) => {
    if (said.length < mostAnswerBytes) said += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-2000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  return readAnswer(said, complaint, words[0] ?? '');
}

function readAnswer(said: string, complaint: string, action: string): Answer {
  let told: unknown;
  try {
    told = JSON.parse(said);
  } catch {
    told = null;
  }
  if (!isRecord(told) || typeof told.result !== 'string')
    throw new WinnowError(
      'sandbox-failed',
      `What was to ${action} changes was ended before it told how it went. \`winnow history --recover\` ends what it began.${complaint === '' ? '' : ` It said: ${complaint.trim()}`}`,
      { details: { said: complaint } },
    );
  if (told.result === 'refused') throw refusal(String(told.reason), told.code);
  const rows = (value: unknown): Record<string, unknown>[] =>
    Array.isArray(value) ? value.filter(isRecord).map((one) => ({ ...one })) : [];
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  return {
    result: told.result as Answer['result'],
    conflicts: rows(told.conflicts).map(({ path, why }) => ({ path: String(path), why: String(why) })),
    recovered: rows(told.recovered).map(({ id, state, problem }) => ({
      id: String(id),
      state: String(state),
      problem: typeof problem === 'string' ? problem : null,
    })),
    lostUndo: texts(told.lostUndo),
    dropped: texts(told.dropped),
  };
}

function refusal(reason: string, code: unknown): WinnowError {
  const text = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new WinnowError('disk-full', `${text} Make room and try again.`, { details: { code } });
  if (code === 'database-busy') return new WinnowError('database-busy', text);
  if (code === 'EBUSY') return new WinnowError('undo-busy', `${text} Try again.`);
  return new WinnowError('undo-refused', text, { details: { code: code ?? null } });
}
