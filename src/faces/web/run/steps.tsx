/** Going through a trace: the slider, the variables, the stack, the calls. */

import { traceTree, type Visit } from 'winnow:trace';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useKeys } from '../shell/keys.ts';
import { counted, grouped, visible } from '../shell/text.tsx';
import type { Stepper, StepView } from './stepper.ts';

interface Props {
  readonly stepper: Stepper;
  readonly view: StepView | null;
  readonly step: number;
  readonly file: string;
  toStep(move: (from: number) => number): void;
}

export function Steps({ stepper, view, step, toStep, file }: Props) {
  const last = stepper.stops.length - 1;
  // What is dragged is shown at once; the address follows.
  const [dragged, setDragged] = useState<number | null>(null);
  useEffect(() => setDragged(null), [step]);
  useKeys([
    {
      key: 'ArrowRight',
      does: 'next step',
      act: () => toStep((from) => from + 1),
    },
    {
      key: 'ArrowLeft',
      does: 'step before',
      act: () => toStep((from) => from - 1),
    },
    { key: ']', does: 'next step, over calls', act: () => toStep((from) => stepper.over(from, 1)) },
    { key: '[', does: 'step before, over calls', act: () => toStep((from) => stepper.over(from, -1)) },
    { key: 'Home', does: 'first step', act: () => toStep(() => 0) },
    { key: 'End', does: 'last step', act: () => toStep(() => last) },
  ]);
  if (view === null)
    return (
      <p class="notices">
        No steps were recorded: at level {stepper.trace.level} a recording says which lines ran, and not in which order.
      </p>
    );
  return (
    <div class="steps">
      <div class="slider">
        <button type="button" onClick={() => toStep((from) => stepper.over(from, -1))} title="Back, over calls ([)">
          <span aria-hidden="true">«</span>
          <span class="hidden">Back, over calls</span>
        </button>
        <button type="button" onClick={() => toStep((from) => from - 1)} disabled={step === 0} title="Back (←)">
          <span aria-hidden="true">‹</span>
          <span class="hidden">Back</span>
        </button>
        <input
          type="range"
          aria-label="Step"
          aria-valuetext={`step ${step + 1} of ${last + 1}, line ${view.at.line}`}
          min={0}
          max={last}
          value={dragged ?? step}
          onInput={({ currentTarget }) => {
            const to = Number(currentTarget.value);
            setDragged(to);
            toStep(() => to);
          }}
        />
        <button type="button" onClick={() => toStep((from) => from + 1)} disabled={step === last} title="Forward (→)">
          <span aria-hidden="true">›</span>
          <span class="hidden">Forward</span>
        </button>
        <button type="button" onClick={() => toStep((from) => stepper.over(from, 1))} title="Forward, over calls (])">
          <span aria-hidden="true">»</span>
          <span class="hidden">Forward, over calls</span>
        </button>
        <output>
          {grouped(step + 1)} of {grouped(last + 1)}
        </output>
      </div>
      <div class="now-at">
        <b>{visible(view.stack[0]?.name ?? '?')}</b> line {view.at.line}
        {view.at.file !== file && <span class="dim"> of {visible(view.at.file)}</span>}
        <ul class="plain">
          {view.effects.map(({ text, bad }, index) => (
            <li key={`${index}${text}`} class={bad ? 'bad' : ''}>
              <code>{visible(text)}</code>
            </li>
          ))}
          {view.effects.length === 0 && <li class="dim">nothing written</li>}
        </ul>
      </div>
      <div class="held">
        <section>
          <h2>Variables</h2>
          {view.variables.length === 0 ? (
            <p class="dim">
              {stepper.trace.level === 'values' ? 'none' : `not recorded at level ${stepper.trace.level}`}
            </p>
          ) : (
            <table>
              <thead class="hidden">
                <tr>
                  <th>Name</th>
                  <th>Value</th>
                </tr>
              </thead>
              <tbody>
                {view.variables.map(({ name, value, fresh }) => (
                  <tr key={name} class={fresh ? 'fresh' : ''}>
                    <th scope="row">{visible(name)}</th>
                    <td>{visible(value)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
        <section>
          <h2>Stack</h2>
          <ol class="plain stack">
            {view.stack.map(({ frame, name, place }) => (
              <li key={frame}>
                <code>{visible(name)}</code> <span class="dim">line {place.line}</span>
              </li>
            ))}
          </ol>
        </section>
      </div>
      <Calls stepper={stepper} frame={view.frame} toStep={toStep} />
    </div>
  );
}

/** Branches shown of one call; the rest is counted. */
const widest = 100;

function Calls({
  stepper,
  frame,
  toStep,
}: {
  stepper: Stepper;
  frame: number;
  toStep(move: (from: number) => number): void;
}) {
  const roots = useMemo(() => traceTree(stepper.trace), [stepper]);
  const stepOf = useMemo(() => new Map(stepper.stops.map((at, step) => [at, step])), [stepper]);
  const { codes } = stepper.trace;
  const isMany = codes.filter(({ kind }) => kind === 'module').length > 1;
  /** Of several files, which one's own code it is. */
  const name = ({ code }: Visit) =>
    codes[code]?.kind === 'module' && isMany ? `${codes[code].file} ${codes[code].name}` : (codes[code]?.name ?? '?');
  const called = (visit: Visit) =>
    visit.steps.flatMap(({ visits }) => visits).filter(({ code }) => codes[code]?.kind !== 'part');
  const go = (visit: Visit) => toStep((from) => stepOf.get(visit.steps[0]?.event ?? -1) ?? from);
  const branch = (visit: Visit, depth: number) => {
    const children = called(visit);
    const here = visit.frame === frame;
    const row = (
      <button type="button" class={`quiet ${here ? 'here' : ''}`} onClick={() => go(visit)}>
        {visible(name(visit))} <span class="dim">line {visit.steps[0]?.line ?? '?'}</span>
      </button>
    );
    return (
      <li key={`${visit.frame}:${visit.steps[0]?.event ?? 0}`}>
        {row}
        {children.length > 0 && <Branch open={depth < 2} rows={children} of={(child) => branch(child, depth + 1)} />}
      </li>
    );
  };
  return (
    <section class="calls">
      <h2>Calls</h2>
      <ul class="plain">{roots.slice(0, widest).map((visit) => branch(visit, 0))}</ul>
    </section>
  );
}

/** Calls below one; made when they are opened. */
function Branch({ open, rows, of }: { open: boolean; rows: readonly Visit[]; of(visit: Visit): preact.VNode }) {
  const [shown, setShown] = useState(open);
  return (
    <details open={shown} onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary class="dim">{counted(rows.length, 'call')}</summary>
      {shown && (
        <ul class="plain">
          {rows.slice(0, widest).map(of)}
          {rows.length > widest && <li class="dim">{grouped(rows.length - widest)} more</li>}
        </ul>
      )}
    </details>
  );
}
