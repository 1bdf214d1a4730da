/** Run: a program, or a function of a repository, in the sandbox; what came of it, what was filled in, and every step of it. */
import './run.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RunOutput } from '../../operations/run-schemas.ts';
import type { ShowOutput } from '../../operations/show.ts';
import type { TraceOutput } from '../../operations/trace-schemas.ts';
import { ask, Refusal, useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { useKeys } from '../shell/keys.ts';
import { changed, go, hrefOf, readRoute } from '../shell/route.ts';
import { Nothing, Refused, Waiting } from '../shell/states.tsx';
import { visible } from '../shell/text.tsx';
import { Controls, limitsOf } from './controls.tsx';
import { Editor } from './editor.tsx';
import { emptyNotes, injectionNotes, traceNotes } from './linenotes.ts';
import { Result } from './result.tsx';
import { Stepper } from './stepper.ts';
import { Steps } from './steps.tsx';
import { samples } from './support.ts';

export const actions = { run: 'Run', fill: 'Fill in and run', trace: 'Trace', steps: 'Fill in and trace' } as const;
export type Action = keyof typeof actions;
/** What can be done with a function of a repository, which lacks its callers at least. */
export const actionsOfHit = { fill: 'Run this function', steps: 'Trace it' } as const;

/** What came back, and the program that it came of. */
interface Ran {
  readonly action: Action;
  readonly text: string;
  readonly run: RunOutput | null;
  readonly trace: TraceOutput | null;
}

/** A program that is longer does not go into the address. */
const longestInAddress = 6000;

export function Run({ route, place }: PageProps) {
  const { params } = route;
  const id = params.get('id');
  const shown = useAnswer<ShowOutput>('show', id === null ? null : { id: withLines(id), directory: place.directory });
  const source = shown.answer?.shown ?? null;
  const language = id === null ? (params.get('lang') ?? 'python') : (source?.language ?? '');
  const typed = useRef<string | null>(null);
  const given =
    id === null ? (typed.current ?? params.get('code') ?? samples[language] ?? '') : (source?.source?.text ?? '');
  const [ran, setRan] = useState<Ran | null>(null);
  // Steps of a function lead through others of its file, so all of that is shown with them.
  const traced =
    id === null || ran === null || ran.text !== given
      ? undefined
      : ran.trace?.files.find(({ path }) => path === ran.trace?.partial?.entry);
  const text = traced?.source ?? given;
  const first = id === null || traced !== undefined ? 1 : (source?.source?.lines.first ?? 1);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const [, redraw] = useState(0);
  const cancel = useRef<AbortController | null>(null);
  const change = (values: Record<string, string | null>) => go(hrefOf('run', changed(readRoute(), values)), 'replace');

  const begun = useRef<string | null>(null);
  const keyed = `${place.name}\n${id}`;
  const act = (action: Action) => {
    if (busy || (id !== null && source === null)) return;
    const controller = new AbortController();
    cancel.current = controller;
    setBusy(true);
    setRefusal(null);
    const what =
      id === null ? { code: given, lang: language } : { file: place.name === '' ? id : `${place.name}//${id}` };
    const lacks = action === 'fill' || action === 'steps' || id !== null;
    const input = { ...what, ...limitsOf(params), ...(lacks ? { partial: true } : {}) };
    const asked =
      action === 'trace' || action === 'steps'
        ? ask<TraceOutput>('trace', input, { signal: controller.signal }).then((trace) => ({ trace, run: null }))
        : ask<RunOutput>('run', input, { signal: controller.signal }).then((run) => ({ run, trace: null }));
    asked
      .then((answer) => {
        setRan({ action, text: given, ...answer });
        change({
          do: action,
          // An address that names a step is shown at it.
          ...(ran === null && params.get('do') === action ? {} : { step: null }),
          ...(id === null && given.length <= longestInAddress ? { code: given, lang: language } : {}),
        });
      })
      .catch((cause: unknown) => {
        if (!controller.signal.aborted)
          setRefusal(cause instanceof Refusal ? cause : new Refusal('unknown', String(cause)));
      })
      .finally(() => setBusy(false));
  };

  // An address that came from elsewhere only shows its program; one that was gone to from these pages runs it.
  useEffect(() => {
    const wanted = params.get('do') ?? (id === null ? null : 'fill');
    if (wanted === null || !(wanted in actions) || begun.current === keyed || (id !== null && source === null)) return;
    begun.current = keyed;
    if ((history.state as { here?: boolean } | null)?.here === true) act(wanted as Action);
  }, [id, source, place.name]);
  useEffect(() => {
    setRan(null);
    setRefusal(null);
    return () => cancel.current?.abort();
  }, [id, place.name]);
  useKeys([
    { key: 'e', does: 'edit the program', act: () => document.querySelector<HTMLElement>('.cm-content')?.focus() },
    { key: 'r', does: 'run (in the editor: Ctrl+Enter)', act: () => act(id === null ? 'run' : 'fill') },
    { key: 'f', does: 'fill in what is missing, and run', act: () => act('fill') },
    { key: 't', does: 'trace', act: () => act(id === null ? 'trace' : 'steps') },
    { key: 'Escape', does: 'give the run up', act: () => cancel.current?.abort() },
  ]);

  const trace = ran?.trace?.traces[0] ?? null;
  const file = ran?.trace?.partial?.entry ?? ran?.trace?.files[0]?.path ?? '';
  const stepper = useMemo(() => (trace === null ? null : new Stepper(trace, file)), [trace, file]);
  const last = Math.max(0, (stepper?.stops.length ?? 0) - 1);
  const begin = useMemo(() => stepper?.firstIn(ran?.trace?.partial?.function ?? null) ?? 0, [stepper, ran]);
  const stepOf = (address: URLSearchParams): number =>
    Math.min(last, Math.max(0, Number(address.get('step') ?? begin) || 0));
  const step = stepOf(params);
  const view = useMemo(() => stepper?.view(step) ?? null, [stepper, step]);
  const isCurrent = ran !== null && ran.text === given;
  const notes = useMemo(() => {
    if (!isCurrent || ran === null) return emptyNotes;
    if (ran.trace !== null) return traceNotes(ran.trace, file, view);
    return ran.run?.partial == null ? emptyNotes : injectionNotes(ran.run.partial, first);
  }, [ran, isCurrent, view, first, source, file]);
  /** @param move from the step of the address, which may be ahead of what is drawn when keys are held */
  const toStep = (move: (from: number) => number) => {
    const from = stepOf(readRoute().params);
    go(hrefOf('run', changed(readRoute(), { step: String(Math.max(0, Math.min(last, move(from)))) })), 'replace');
  };

  if (id !== null && shown.refusal !== null) return <Refused refusal={shown.refusal} again={shown.again} />;
  return (
    <div class="run">
      <section class="program" aria-label="Program">
        <header>
          {id === null ? null : (
            <div class="target">
              <h2>{visible(source?.name ?? id)}</h2>
              <p class="where">{visible(id)}</p>
              <button
                type="button"
                onClick={() => {
                  const copy = dedented(given);
                  typed.current = copy;
                  go(
                    hrefOf('run', {
                      repo: place.name,
                      lang: language,
                      code: copy.length <= longestInAddress ? copy : null,
                    }),
                  );
                }}
              >
                Edit a copy
              </button>
            </div>
          )}
          <Controls
            route={route}
            change={(values) => {
              if ('lang' in values && (typed.current ?? samples[language] ?? '') === (samples[language] ?? ''))
                typed.current = null;
              change(
                'lang' in values ? { ...values, code: typed.current === null ? null : params.get('code') } : values,
              );
            }}
            language={language}
            ofHit={id !== null}
            busy={busy}
            act={act}
            stop={() => cancel.current?.abort()}
          />
        </header>
        <Waiting waiting={busy || shown.waiting} progress={null} />
        <Editor
          text={text}
          language={language}
          readOnly={id !== null}
          first={first}
          notes={notes}
          inSight={isCurrent && view !== null && view.at.file === file ? view.at.line : null}
          onChange={(value) => {
            typed.current = value;
            redraw((count) => count + 1);
          }}
          onRun={() => act(id === null ? (ran?.action ?? 'run') : 'fill')}
          onLine={(line) => {
            const found = stepper?.toLine({ file, line }, step, 1) ?? stepper?.toLine({ file, line }, -1, 1) ?? null;
            if (found !== null) toStep(() => found);
          }}
        />
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="outcome" aria-label="Result" tabIndex={0}>
        {refusal !== null && <Refused refusal={refusal} />}
        {refusal === null && ran === null && !busy && <Before ofHit={id !== null} />}
        {ran !== null && !isCurrent && (
          <p class="notices">The program has been changed since; this is what came of it before. Run it again.</p>
        )}
        {ran !== null && stepper !== null && (
          <Steps stepper={stepper} view={view} step={step} toStep={toStep} file={file} />
        )}
        {ran !== null && <Result run={ran.run} trace={ran.trace} />}
      </section>
    </div>
  );
}

/** An id of a function stands for its source; a path alone would give an outline. */
const withLines = (id: string): string => (id.includes(':') ? id : `${id}:1-5000`);

function dedented(text: string): string {
  const lines = text.split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents);
  return Number.isFinite(least) ? lines.map((line) => line.slice(least)).join('\n') : text;
}

function Before({ ofHit }: { ofHit: boolean }) {
  return ofHit ? (
    <Nothing title="Run this function by itself">
      <p>
        It is called with arguments that are inferred from how it uses them. What it lacks is filled in, and every value
        that was made up stands in its place in the source.
      </p>
    </Nothing>
  ) : (
    <Nothing title="Run a program">
      <p>It runs in a sandbox: no network, no files of yours, limits on time and memory.</p>
      <ul>
        <li>
          <b>Run</b> takes it as it is.
        </li>
        <li>
          <b>Fill in and run</b> makes up what it lacks, as the names and files that it uses, and says what was guessed.
        </li>
        <li>
          <b>Trace</b> keeps every step: lines, values, calls, forwards and backwards.
        </li>
      </ul>
    </Nothing>
  );
}
