/** A benchmark's run: its figures with intervals, as a plot and a table, and the rows of one problem. */
import type { BenchShowOutput } from '../../operations/bench-show.ts';
import { useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { Code } from '../shell/code.tsx';
import { changed, go, hrefOf, readRoute } from '../shell/route.ts';
import { Nothing, Refused, Waiting } from '../shell/states.tsx';
import { counted, plain, visible } from '../shell/text.tsx';

/** Figures in one plot, problems in one list: more is not read. */
const mostFigures = 60;
const mostProblems = 400;

export function BenchRun({ route, folder }: PageProps & { folder: string }) {
  const problem = route.params.get('problem');
  const { answer, refusal, waiting, progress, again } = useAnswer<BenchShowOutput>('bench-show', {
    folder,
    ...(problem === null ? { limit: 1 } : { problem, limit: 500 }),
  });
  if (refusal !== null) return <Refused refusal={refusal} again={again} />;
  if (answer === null) return <Waiting waiting={waiting} progress={progress} />;
  const figures = answer.figures.slice(0, mostFigures);
  return (
    <div class="bench">
      <section>
        <h2>{visible(answer.suite)}</h2>
        <p class="where">{visible(answer.folder)}</p>
        <p class="dim">
          {visible(answer.date.replace(/^([\d-]+)T(\d+:\d+).*Z$/, '$1 $2 UTC'))} · seed {answer.seed} ·{' '}
          {counted(answer.problems.length, 'problem')}
        </p>
        <details>
          <summary>Command and machine</summary>
          <pre>{visible(answer.command.join(' '))}</pre>
          <pre>{visible(JSON.stringify({ ...answer.versions, ...answer.machine }, null, 2))}</pre>
        </details>
        {figures.length === 0 ? (
          <Nothing title="No figure of this run has an interval">
            <p>Its summary is below.</p>
          </Nothing>
        ) : (
          <Figures figures={figures} />
        )}
        {answer.figures.length > figures.length && (
          <p class="dim">
            {counted(answer.figures.length - figures.length, 'more figure')}: `winnow bench show` lists all.
          </p>
        )}
        <details>
          <summary>Whole summary</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{visible(JSON.stringify(answer.summary, null, 2).slice(0, 50_000))}</pre>
        </details>
      </section>
      <section>
        <h2>Problems</h2>
        <label>
          <span class="hidden">Problem</span>
          <select
            value={problem ?? ''}
            onChange={({ currentTarget }) =>
              go(hrefOf('compare', changed(readRoute(), { problem: currentTarget.value })), 'replace')
            }
          >
            <option value="">choose one of {answer.problems.length}</option>
            {answer.problems.slice(0, mostProblems).map((one) => (
              <option key={one.problem} value={one.problem}>
                {plain(one.problem)} ({one.rows})
              </option>
            ))}
          </select>
        </label>
        {answer.problems.length > mostProblems && (
          <p class="dim">The first {mostProblems}; others by `problem=` in the address.</p>
        )}
        {problem !== null && <Rows answer={answer} />}
        {problem !== null && <Programs answer={answer} problem={problem} />}
      </section>
    </div>
  );
}

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(Math.abs(value) > 1.5 ? 2 : 4);

/** A dot for the value, a line for its interval, all on one scale. */
function Figures({ figures }: { figures: BenchShowOutput['figures'] }) {
  const low = Math.min(0, ...figures.map((one) => one.low));
  const most = Math.max(...figures.map((one) => one.high));
  // Shares stand on the scale of shares, so that two runs look alike where they are.
  const high = low === 0 && most <= 1 ? 1 : Math.max(most, low + 1e-9);
  const at = (value: number): number => 4 + (232 * (value - low)) / (high - low);
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">
            {shown(low)} to {shown(high)}
          </th>
          <th scope="col">Value</th>
          <th scope="col">95 % interval</th>
          <th scope="col">n</th>
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, value, low: from, high: to, n }) => (
          <tr key={name}>
            <th scope="row">{visible(name)}</th>
            <td>
              <svg width="240" height="16" aria-hidden="true">
                <path class="scale" d="M4 8H236" />
                <path class="interval" d={`M${at(from)} 8H${at(to)}M${at(from)} 4V12M${at(to)} 4V12`} />
                <circle cx={at(value)} cy={8} r={4} />
              </svg>
            </td>
            <td class="number">{shown(value)}</td>
            <td class="number">
              {shown(from)} to {shown(to)}
            </td>
            <td class="number">{n ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Programs of one problem, each with the verdict of its row. */
function Programs({ answer: { rows, programs }, problem }: { answer: BenchShowOutput; problem: string }) {
  if (programs === null) return null;
  const language = languages[problem.split('/')[0]?.toLowerCase() ?? ''] ?? 'python';
  const verdictOf = (sample: number): string => {
    const row = rows.find(({ samples }) => Array.isArray(samples) && samples.includes(sample));
    return typeof row?.verdict === 'string' ? row.verdict : 'no verdict';
  };
  return (
    <section class="programs" aria-label="Programs">
      <h3>
        Programs <span class="dim">{programs.programs.length}</span>
      </h3>
      {programs.left !== null && <p class="dim">{visible(programs.left)}</p>}
      {programs.programs.map(({ sample, source, isWhole }, index) => (
        <details key={sample} open={index === 0}>
          <summary>
            sample {sample} <span class={`word word-${verdictOf(sample)}`}>{visible(verdictOf(sample))}</span>
            {!isWhole && <span class="dim"> · what stands behind the prompt</span>}
          </summary>
          <Code text={source} language={language} first={1} label={`Sample ${sample}`} />
        </details>
      ))}
    </section>
  );
}

/** What suites of several languages put before a problem's number; others are Python's. */
const languages: Readonly<Record<string, string>> = {
  ...{ javascript: 'javascript', js: 'javascript', java: 'java', go: 'go', rust: 'rust', cpp: 'cpp' },
};

/** Rows of one problem, with the columns that they have. */
function Rows({ answer: { rows, rowCount } }: { answer: BenchShowOutput }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (rows.length === 0) return <p class="dim">No row names it.</p>;
  const text = (value: unknown): string =>
    typeof value === 'string'
      ? value
      : value === undefined || value === null
        ? ''
        : JSON.stringify(typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroller" aria-label="Rows" tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {visible(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((name) => (
                <td key={name} class={`value word-${text(row[name])}`}>
                  {visible(text(row[name]).slice(0, 2000))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rowCount > rows.length && <p class="dim">{counted(rowCount - rows.length, 'more row')}</p>}
    </section>
  );
}
