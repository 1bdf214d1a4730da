/** What one candidate did on one probe, and the candidate itself. */
import type { CompareOutput } from '../../operations/compare.ts';
import { Code } from '../shell/code.tsx';
import { visible } from '../shell/text.tsx';
import { type Cell, signs } from './grid.tsx';

export function CellDetail({ answer: { task, sources }, cell }: { answer: CompareOutput; cell: Cell }) {
  const candidate = task.candidates[cell.candidate];
  const probe = task.probes[cell.probe];
  if (candidate === undefined || probe === undefined) return null;
  const state = candidate.states[cell.probe] ?? 'not-run';
  const output = candidate.outputs[cell.probe] ?? null;
  const micros = candidate.times[cell.probe] ?? -1;
  const set = task.behaviours[candidate.behaviour];
  const others = (set?.candidates ?? []).filter((id) => id !== candidate.id);
  return (
    <section class="cell-detail" aria-label="Cell" aria-live="polite">
      <p>
        <b>{visible(candidate.id)}</b> on <b>{visible(probe.id)}</b>:{' '}
        <span class={`word word-${state}`}>{signs[state].text}</span>
        {micros >= 0 && (
          <span class="dim"> · {micros < 1000 ? `${micros} µs` : `${(micros / 1000).toFixed(1)} ms`}</span>
        )}
      </p>
      <code class="probe">{visible(probe.source.trim())}</code>
      {output !== null && (
        <p>
          gave <code>{visible(told(output))}</code>
        </p>
      )}
      {candidate.reason !== null && <p class="bad">{visible(candidate.reason)}</p>}
      {others.length > 0 && (
        <p class="dim">
          Does the same everywhere:{' '}
          {others
            .slice(0, 12)
            .map(visible)
            .map((name, index) => (
              <>
                {index > 0 && ', '}
                {name}
              </>
            ))}
          {others.length > 12 && ` and ${others.length - 12} more`}
        </p>
      )}
      <Code text={sources[candidate.id] ?? ''} language={task.language} first={1} label={`Source of ${candidate.id}`} />
    </section>
  );
}

/** Outputs are literals; what has none is told by its type, and an error by its name. */
const told = (output: string): string =>
  output.startsWith('!')
    ? `the error ${output.slice(1)}`
    : output.startsWith('?')
      ? `a value of type ${output.slice(1)}`
      : output;
