/** What answers say of lines, as notes for the editor. */
import type { PartialOutput } from '../../operations/run-partial-schemas.ts';
import type { TraceOutput } from '../../operations/trace-schemas.ts';
import type { Note, Notes, Remark } from './notes.ts';
import type { StepView } from './stepper.ts';

export const emptyNotes: Notes = new Map();

class Collected {
  readonly notes = new Map<number, { look: string; count?: number; heat?: number; remarks: Remark[] }>();
  at(line: number) {
    let note = this.notes.get(line);
    if (note === undefined) {
      note = { look: '', remarks: [] };
      this.notes.set(line, note);
    }
    return note;
  }
  get all(): Notes {
    return this.notes as ReadonlyMap<number, Note>;
  }
}

/** Counts, the step and its callers, and what lines of its frame last wrote. */
export function traceNotes({ files, traces, partial }: TraceOutput, file: string, view: StepView | null): Notes {
  const collected = new Collected();
  if (partial !== null) remarks(collected, partial, 1);
  const counts = files.find(({ path }) => path === file)?.lines ?? [];
  const most = Math.log1p(Math.max(1, ...counts.map(([, count]) => count)));
  const counted = traces[0]?.level !== 'coverage';
  for (const [line, count] of counts) {
    const note = collected.at(line);
    if (counted) note.count = count;
    note.heat = count === 0 ? 0 : Math.max(1, Math.round((9 * Math.log1p(count)) / most));
    if (count === 0) note.look = 'missed';
  }
  if (view === null) return collected.all;
  for (const { place } of view.stack.slice(1)) if (place.file === file) collected.at(place.line).look = 'caller';
  if (view.at.file !== file) return collected.all;
  collected.at(view.at.line).look = 'now';
  for (const [line, text] of view.margin) collected.at(line).remarks.push({ text, title: text, look: 'written' });
  return collected.all;
}

/** What was made up, where it was wanted; what did not run; what failed. @param first number of the editor's first line */
export function injectionNotes(partial: PartialOutput, first: number): Notes {
  const path = partial.entry;
  const collected = new Collected();
  const covered = partial.coverage.files.find((file) => file.path === path);
  for (const line of covered?.missed ?? []) collected.at(line - first + 1).look = 'missed';
  for (const line of covered?.ran ?? []) collected.at(line - first + 1).look = 'ran';
  remarks(collected, partial, first);
  return collected.all;
}

/** What was made up and what failed, behind its lines. */
function remarks(collected: Collected, partial: PartialOutput, first: number): void {
  const path = partial.entry;
  for (const injection of partial.injections) {
    if (injection.path !== path) continue;
    collected.at(injection.line - first + 1).remarks.push({
      text: `${injection.what} ← ${injection.value}`,
      title: `${injection.type}, from ${injection.source}${injection.why.length > 0 ? `: ${injection.why.join('; ')}` : ''}`,
      look: 'injected',
    });
  }
  for (const failure of partial.failures) {
    if (failure.path !== path) continue;
    collected.at(failure.line - first + 1).remarks.push({
      text: `${failure.type}: ${failure.message}`,
      title:
        failure.certainty === 'genuine'
          ? 'No injected value could have caused it'
          : 'An injected value may have caused it',
      look: 'failed',
    });
  }
}
