/** What a run came to: its ending, its streams, what it used, what was made up for it. */
import type { RunOutput } from '../../operations/run-schemas.ts';
import type { TraceOutput } from '../../operations/trace-schemas.ts';
import { Notices } from '../shell/states.tsx';
import { counted, grouped, visible } from '../shell/text.tsx';

type Outcome = NonNullable<RunOutput['outcome']>;
type Partial = NonNullable<RunOutput['partial']>;

interface Props {
  readonly run: RunOutput | null;
  readonly trace: TraceOutput | null;
}

export function Result({ run, trace }: Props) {
  const outcome = run?.outcome ?? trace?.outcome ?? null;
  if (outcome === null) return null;
  const { compile } = outcome;
  const recorded = trace?.traces[0];
  const partial = run?.partial ?? trace?.partial ?? null;
  return (
    <div class="result">
      <Ending outcome={outcome} />
      <Notices
        notices={[...outcome.notices, ...outcome.caveats, ...(trace?.notices ?? []), ...(partial?.gaps ?? [])]}
      />
      {recorded?.gaps.cut && (
        <p class="notices">
          The recording has no end: the program was stopped, or wrote more than a recording may hold.
        </p>
      )}
      {partial !== null && <Injections partial={partial} />}
      {compile !== null && compile.ending.kind !== 'exited' && <Stream title="Compiler" stream={compile.stderr} bad />}
      {compile !== null && compile.ending.kind === 'exited' && compile.stderr.head !== '' && (
        <Stream title="Compiler" stream={compile.stderr} />
      )}
      <Stream title="Output" stream={outcome.stdout} />
      <Stream title="Errors" stream={outcome.stderr} bad />
      {outcome.files.length > 0 && (
        <section>
          <h2>Files that it left</h2>
          <ul class="plain">
            {outcome.files.map((file) => (
              <li key={file.path}>
                <details>
                  <summary>
                    <code>{visible(file.path)}</code> <span class="dim">{file.change}</span>
                  </summary>
                  {'content' in file && (
                    <pre>
                      {file.encoding === 'utf-8' ? visible(file.content.slice(0, 20_000)) : 'bytes that are no text'}
                    </pre>
                  )}
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function endingText({ ending }: Outcome): string {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? 'ended well' : `ended with code ${ending.code}`;
    case 'crashed':
      return `crashed${ending.signal === null ? '' : ` by ${ending.signal}`}: ${ending.reason}`;
    case 'timed-out':
      return `stopped: out of ${ending.clock === 'wall' ? 'time' : 'CPU time'}`;
    case 'out-of-fuel':
      return 'stopped: out of instructions';
    case 'out-of-memory':
      return 'stopped: out of memory';
    case 'output-limit':
      return `stopped: too much on ${ending.stream}`;
    case 'compile-failed':
      return 'did not compile';
  }
}

function Ending({ outcome }: { outcome: Outcome }) {
  const { usage, ending } = outcome;
  const well = ending.kind === 'exited' && ending.code === 0;
  return (
    <p class="ending" role="status">
      <strong class={well ? 'good' : 'bad'}>{visible(endingText(outcome))}</strong>
      <span class="dim">
        {outcome.language}, {outcome.backend} · {Math.round(usage.wallMs)} ms
        {usage.peakMemoryBytes === null ? '' : ` · ${(usage.peakMemoryBytes / 2 ** 20).toFixed(1)} MiB`}
        {usage.instructions === null ? '' : ` · ${grouped(usage.instructions)} instructions`}
      </span>
    </p>
  );
}

function Stream({ title, stream, bad = false }: { title: string; stream: Outcome['stdout']; bad?: boolean }) {
  if (stream.head === '' && stream.tail === '') return null;
  return (
    <section>
      <h2>{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre class={bad ? 'stream bad' : 'stream'} tabIndex={0}>
        {stream.encoding === 'base64' ? (
          <span class="dim">bytes that are no text</span>
        ) : (
          <>
            {visible(stream.head)}
            {stream.omittedBytes > 0 && (
              <span class="dim">{`\n… ${grouped(stream.omittedBytes)} bytes left out …\n`}</span>
            )}
            {visible(stream.tail)}
          </>
        )}
      </pre>
    </section>
  );
}

function Injections({ partial }: { partial: Partial }) {
  const { injections, failures, coverage, level, moreInjections } = partial;
  const elsewhere = injections.filter(({ path }) => path !== partial.entry);
  return (
    <>
      <section>
        <h2>
          Made up for it <span class="dim">{injections.length + moreInjections}</span>
        </h2>
        <p class="dim">
          {counted(coverage.covered, 'statement')} of {grouped(coverage.statements)} ran.{' '}
          {
            [
              '',
              'It ran as it is.',
              'What is missing was filled in.',
              'Branches were forced, functions called.',
              'Errors were passed over.',
            ][level]
          }
        </p>
        <Values values={injections.filter(({ path }) => path === partial.entry)} />
        {elsewhere.length > 0 && (
          <details open={elsewhere.length === injections.length && elsewhere.length < 10}>
            <summary>
              In other files <span class="dim">{elsewhere.length}</span>
            </summary>
            <Values values={elsewhere} />
          </details>
        )}
        {moreInjections > 0 && <p class="dim">and {counted(moreInjections, 'more')}</p>}
      </section>
      {failures.length > 0 && (
        <section>
          <h2>Failures</h2>
          <ul class="plain injections">
            {failures.map(({ path, line, column, type, message, certainty, because }) => (
              <li key={`${path}:${line}:${column}:${type}`}>
                <code class="bad">
                  {visible(type)}: {visible(message)}
                </code>
                <span class="dim">
                  {visible(path)}:{line} ·{' '}
                  {certainty === 'genuine'
                    ? 'genuine: nothing made up could have caused it'
                    : `possible: may come from ${because.map((index) => partial.injections[index]?.what ?? 'what was made up').join(', ') || 'what was made up'}`}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Values({ values }: { values: Partial['injections'] }) {
  if (values.length === 0) return null;
  return (
    <ul class="plain injections">
      {values.map(({ path, line, column, what, value, type, source, why }) => (
        <li key={`${path}:${line}:${column}:${what}`}>
          <code>
            {visible(what)} ← <b>{visible(value)}</b>
          </code>
          <span class="dim">
            {visible(path)}:{line} · {visible(type)}, {source === 'nothing' ? 'without a clue' : `from ${source}`}
            {why.length > 0 && `: ${why.join('; ')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
