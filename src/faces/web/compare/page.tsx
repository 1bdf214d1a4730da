/** Compare: candidates × probes as a picture, who is like whom, how each method ranks them, and the questions that would settle it. */
import './compare.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CompareOutput } from '../../operations/compare.ts';
import { useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { useKeys } from '../shell/keys.ts';
import { changed, go, hrefOf, readRoute } from '../shell/route.ts';
import { Notices, Refused, Waiting } from '../shell/states.tsx';
import { counted, visible } from '../shell/text.tsx';
import { CellDetail } from './cell.tsx';
import { Entrance } from './entrance.tsx';
import { type Cell, Grid } from './grid.tsx';
import { inputsOf } from './inputs.ts';
import { Questions } from './questions.tsx';
import { Rankings } from './rankings.tsx';
import { BenchRun } from './run.tsx';

export function Compare(props: PageProps) {
  const run = props.route.params.get('run') ?? '';
  const { directory } = props.place;
  return run === '' ? (
    <Candidates {...props} />
  ) : (
    <BenchRun {...props} folder={directory === '.' ? run : `${directory}/${run}`} />
  );
}

function Candidates({ route, place }: PageProps) {
  const { params } = route;
  const path = params.get('matrix') ?? '';
  const programs = params.get('programs') ?? '';
  const tests = params.get('tests') ?? '';
  const pasted = path === '' && programs !== '' && tests !== '';
  /** What pasted programs came to, so that answering a question runs nothing again. */
  const kept = useRef<{ of: string; matrix: string } | null>(null);
  const of = `${programs}\0${tests}`;
  const choices = useMemo(
    () => ({ right: params.getAll('right'), wrong: params.getAll('wrong'), unsure: params.getAll('unsure') }),
    [params],
  );
  // A program in an address from elsewhere waits for a click; a matrix is only read.
  const [agreed, setAgreed] = useState(() => (history.state as { here?: boolean } | null)?.here === true);
  const input = useMemo(() => {
    const task = params.get('task');
    const asked = { ...(task === null ? {} : { task }), ...choices };
    if (path !== '') return { matrix: place.directory === '.' ? path : `${place.directory}/${path}`, ...asked };
    if (!pasted || !agreed) return null;
    if (kept.current?.of === of)
      return { $files: { 'matrix.jsonl': kept.current.matrix }, matrix: 'matrix.jsonl', ...asked };
    return { ...inputsOf(programs, tests, params.get('lang') ?? 'python'), ...asked };
  }, [path, place.directory, pasted, of, params, choices, agreed]);
  const { answer, refusal, waiting, progress, again } = useAnswer<CompareOutput>('compare', input);
  useEffect(() => {
    if (pasted && typeof answer?.matrix === 'string') kept.current = { of, matrix: answer.matrix };
  }, [answer, of, pasted]);

  const method = params.get('method') ?? 'posterior';
  const change = (values: Record<string, string | readonly string[] | null>) =>
    go(hrefOf('compare', changed(readRoute(), values)), 'replace');
  const [cell, setCell] = useState<Cell>({ candidate: 0, probe: 0 });
  const byCandidate = params.get('rows') === 'candidates';
  useKeys([
    {
      key: 'b',
      does: 'a row for each behaviour, or for each candidate',
      act: () => change({ rows: byCandidate ? null : 'candidates' }),
    },
    {
      key: 'm',
      does: 'to the matrix; arrows move in it',
      act: () => document.querySelector<HTMLElement>('.matrix table')?.focus(),
    },
  ]);
  if (path === '' && (!pasted || !agreed))
    return (
      <Entrance
        programs={programs}
        tests={tests}
        language={params.get('lang') ?? 'python'}
        repo={place.name}
        begin={(values) => {
          setAgreed(true);
          go(hrefOf('compare', { repo: place.name, ...values }));
        }}
      />
    );
  if (refusal !== null)
    return (
      <>
        <Refused refusal={refusal} again={again} />
        <p class="pad">
          <a href={hrefOf('compare', { repo: place.name, programs, tests })}>Other programs, or another matrix</a>
        </p>
      </>
    );
  if (answer === null)
    return (
      <div class="pad">
        <Waiting waiting={waiting} progress={progress} />
        <p class="dim">{path === '' ? 'The programs run on every test, in the sandbox.' : 'Reading the matrix.'}</p>
      </div>
    );
  const { task } = answer;
  const order = orderOf(answer, method);
  return (
    <div class="compare">
      <section class="matrix" aria-label="Matrix">
        <header>
          <h2>{visible(path === '' ? 'Programs and tests' : path)}</h2>
          <p class="dim">
            {counted(task.candidates.length, 'candidate')}, {counted(task.probes.length, 'probe')},{' '}
            {counted(task.behaviours.length, 'behaviour')}
            {answer.missing > 0 && (
              <b class="partial"> · partial: {counted(answer.missing, 'candidate')} not run yet</b>
            )}
          </p>
          <div class="bar">
            {answer.tasks.length > 1 && (
              <label>
                <span class="hidden">Task</span>
                <select
                  value={task.task}
                  onChange={({ currentTarget }) =>
                    change({ task: currentTarget.value, right: null, wrong: null, unsure: null })
                  }
                >
                  {answer.tasks.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              </label>
            )}
            <fieldset class="switch">
              <legend class="hidden">Rows</legend>
              <button type="button" aria-pressed={!byCandidate} onClick={() => change({ rows: null })}>
                Behaviours
              </button>
              <button type="button" aria-pressed={byCandidate} onClick={() => change({ rows: 'candidates' })}>
                Candidates
              </button>
            </fieldset>
            <a href={hrefOf('compare', { repo: place.name })}>Others</a>
          </div>
          <Waiting waiting={waiting} progress={progress} />
          <Notices notices={answer.torn > 0 ? ['The last line of the matrix has no end, and is left out.'] : []} />
        </header>
        <Grid
          task={task}
          order={order}
          byCandidate={byCandidate}
          cell={cell}
          onCell={setCell}
          asked={answer.conair.next?.probe ?? null}
        />
        <CellDetail answer={answer} cell={cell} />
      </section>
      <aside class="side" aria-label="Choosing">
        <Questions answer={answer} choices={choices} change={change} />
        <Rankings answer={answer} method={method} change={change} />
      </aside>
    </div>
  );
}

/** Candidates by their place in a method's ranking, best first; those that it ranks alike stay in their order. */
function orderOf({ task, rankings, conair }: CompareOutput, method: string): readonly number[] {
  const groups = method === 'conair' ? conair.groups : (rankings.find((one) => one.method === method)?.groups ?? []);
  const place = new Map(groups.flatMap(({ candidates }, at) => candidates.map((id) => [id, at] as const)));
  const rank = (index: number) => place.get(task.candidates[index]?.id ?? '') ?? groups.length;
  return task.candidates.map((_, index) => index).sort((one, other) => rank(one) - rank(other) || one - other);
}
