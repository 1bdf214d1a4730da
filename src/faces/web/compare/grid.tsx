/** The matrix: a row for each behaviour or candidate, a column for each probe. Colour and sign say the same. */
import { useState } from 'preact/hooks';
import type { CompareOutput } from '../../operations/compare.ts';
import { counted, plain, visible } from '../shell/text.tsx';

type Task = CompareOutput['task'];

/** Indices into the task's candidates and probes. */
export interface Cell {
  readonly candidate: number;
  readonly probe: number;
}

interface Props {
  readonly task: Task;
  /** Candidates, best first. */
  readonly order: readonly number[];
  readonly byCandidate: boolean;
  readonly cell: Cell;
  /** The probe that is asked about. */
  readonly asked: string | null;
  onCell(cell: Cell): void;
}

export const signs: Readonly<Record<Task['candidates'][number]['states'][number], { sign: string; text: string }>> = {
  passed: { sign: '✓', text: 'passed' },
  failed: { sign: '×', text: 'failed' },
  raised: { sign: '!', text: 'raised an error' },
  'timed-out': { sign: 't', text: 'took too long' },
  returned: { sign: '○', text: 'returned a value' },
  unjudged: { sign: '?', text: 'could not be judged' },
  'not-run': { sign: '·', text: 'not run' },
};

/** Shown at first: a picture of more is no picture. */
const mostRows = 60;
const mostColumns = 80;

export function Grid({ task, order, byCandidate, cell, asked, onCell }: Props) {
  const [all, setAll] = useState(false);
  const rows = byCandidate
    ? order
    : order.filter((index, at) => order.findIndex((other) => sameBehaviour(task, other, index)) === at);
  const shown = all ? rows : rows.slice(0, mostRows);
  const probes = task.probes.map((probe, index) => ({ probe, index })).slice(0, all ? undefined : mostColumns);
  const at = shown.findIndex(
    (index) => index === cell.candidate || (!byCandidate && sameBehaviour(task, index, cell.candidate)),
  );
  const move = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const row = Math.max(0, Math.min(shown.length - 1, at + (step[0] ?? 0)));
    const column = Math.max(0, Math.min(probes.length - 1, cell.probe + (step[1] ?? 0)));
    onCell({ candidate: shown[row] ?? 0, probe: column });
    document.getElementById(idOf(shown[row] ?? 0, column))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  return (
    <div class="scroller">
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows move in it, as in any grid
        role="grid"
        tabIndex={0}
        aria-label="What each candidate did on each probe; arrow keys move"
        aria-activedescendant={idOf(shown[at] ?? shown[0] ?? 0, cell.probe)}
        onKeyDown={move}
      >
        <thead>
          <tr>
            <th scope="col" class="corner">
              {byCandidate ? 'Candidate' : 'Behaviour'}
            </th>
            {probes.map(({ probe, index }) => (
              <th
                key={probe.id}
                scope="col"
                class={`${probe.id === asked ? 'asked' : ''} ${index === cell.probe ? 'cross' : ''}`}
                title={plain(probe.source)}
              >
                {index + 1}
              </th>
            ))}
            <th scope="col" class="sum">
              passed
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((index, row) => {
            const candidate = task.candidates[index];
            if (candidate === undefined) return null;
            const set = task.behaviours[candidate.behaviour];
            return (
              <tr key={candidate.id} class={row === at ? 'cross' : ''}>
                <th scope="row" title={plain(byCandidate ? candidate.id : (set?.candidates.join(', ') ?? ''))}>
                  <span class={`cluster cluster-${candidate.behaviour % 8}`} aria-hidden="true" />
                  {visible(candidate.id)}
                  {!byCandidate && (set?.drawn ?? 1) > 1 && <span class="dim"> and {(set?.drawn ?? 1) - 1} alike</span>}
                  {byCandidate && candidate.drawn > 1 && <span class="dim"> ×{candidate.drawn}</span>}
                  {candidate.ending !== 'whole' && <span class="bad"> {candidate.ending}</span>}
                </th>
                {probes.map(({ probe, index: column }) => {
                  const state = candidate.states[column] ?? 'not-run';
                  return (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: arrows of the grid do the same
                    <td
                      key={probe.id}
                      id={idOf(index, column)}
                      class={`cell cell-${state} ${row === at && column === cell.probe ? 'now' : ''} ${column === cell.probe ? 'cross' : ''}`}
                      aria-label={signs[state].text}
                      onClick={() => onCell({ candidate: index, probe: column })}
                      onMouseEnter={() => onCell({ candidate: index, probe: column })}
                    >
                      {signs[state].sign}
                    </td>
                  );
                })}
                <td class="sum">{candidate.passed}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!all && (rows.length > mostRows || task.probes.length > mostColumns) && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all: {counted(rows.length, 'row')}, {counted(task.probes.length, 'probe')}
        </button>
      )}
      <ul class="legend" aria-label="Signs">
        {Object.entries(signs).map(([state, { sign, text }]) => (
          <li key={state}>
            <span class={`cell cell-${state}`} aria-hidden="true">
              {sign}
            </span>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

const idOf = (candidate: number, probe: number): string => `cell-${candidate}-${probe}`;

const sameBehaviour = ({ candidates }: Task, one: number, other: number): boolean =>
  candidates[one]?.behaviour === candidates[other]?.behaviour;
