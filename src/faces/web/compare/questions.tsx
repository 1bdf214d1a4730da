/** ConAIR's questions: is what this test expects true? Each answer changes what is believed of the candidates. */
import type { CompareOutput } from '../../operations/compare.ts';
import { visible } from '../shell/text.tsx';

interface Choices {
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly unsure: readonly string[];
}

interface Props {
  readonly answer: CompareOutput;
  readonly choices: Choices;
  change(values: Record<string, readonly string[]>): void;
}

const mostGroups = 6;

export function Questions({ answer: { conair, task }, choices, change }: Props) {
  const { next, asked, groups, none } = conair;
  const say = (kind: keyof Choices) => () => next !== null && change({ [kind]: [...choices[kind], next.probe] });
  const takeBack = (probe: string) =>
    change(
      Object.fromEntries(
        Object.entries(choices).map(([kind, probes]) => [kind, probes.filter((one: string) => one !== probe)]),
      ),
    );
  const sourceOf = (id: string) => task.probes.find((probe) => probe.id === id)?.source.trim() ?? id;
  return (
    <section class="questions">
      {next === null ? (
        <>
          <h2>Nothing more to ask</h2>
          <p class="dim">No test is left whose answer would tell enough.</p>
        </>
      ) : (
        <>
          <h2>Is this true?</h2>
          <code class="probe">{visible(next.source.trim())}</code>
          <div class="bar">
            <button type="button" class="primary" onClick={say('right')}>
              True
            </button>
            <button type="button" onClick={say('wrong')}>
              False
            </button>
            <button type="button" onClick={say('unsure')}>
              Cannot say
            </button>
          </div>
          <p class="dim">
            It tells most: {next.bits.toFixed(2)} bits. Believed true so far with {Math.round(100 * next.chance)} %.
          </p>
        </>
      )}
      {asked.length > 0 && (
        <ul class="plain asked">
          {asked.map(({ probe, answer }) => (
            <li key={probe}>
              <span class={answer === null ? 'dim' : answer ? 'good' : 'bad'}>
                {answer === null ? 'cannot say' : answer ? 'true' : 'false'}
              </span>{' '}
              <code>{visible(sourceOf(probe))}</code>{' '}
              <button type="button" class="quiet" onClick={() => takeBack(probe)}>
                take back<span class="hidden"> {probe}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <h3>Chance of being right</h3>
      <ul class="plain chances">
        {[...groups.slice(0, mostGroups), { score: none, candidates: ['none of them'] }].map(
          ({ score, candidates }) => (
            <li key={candidates.join()}>
              <span class="label">
                {visible(candidates[0] ?? '')}
                {candidates.length > 1 && <span class="dim"> and {candidates.length - 1} alike</span>}
              </span>
              <meter
                min={0}
                max={1}
                value={Math.max(0, Math.min(1, score))}
                aria-label={`chance of ${candidates[0] ?? ''}`}
              />
              <span class="value">{(100 * score).toFixed(score < 0.1 ? 1 : 0)} %</span>
            </li>
          ),
        )}
      </ul>
    </section>
  );
}
