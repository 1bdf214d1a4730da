/** What a change may affect, as a list, and the tests to run. */
import type { ImpactOutput } from '../../operations/impact.ts';
import { hrefOf } from '../shell/route.ts';
import { counted, visible } from '../shell/text.tsx';

/** Rows of the list that are shown at once. */
const most = 100;

export function Affected({ answer, repo, drawn }: { answer: ImpactOutput; repo: string; drawn: number }) {
  const { total, affected, tests, partial } = answer;
  return (
    <>
      <p>
        <b>{counted(total.resolved + total.ambiguous, 'definition')}</b> may behave otherwise: {total.resolved} surely
        reached, {total.ambiguous} by an ambiguous way.
        {drawn < affected.length || partial ? <span class="dim"> The nearest {drawn} are drawn.</span> : null}
      </p>
      {tests.length > 0 && (
        <section>
          <h3>Tests to run</h3>
          <ul class="plain">
            {tests.map(({ path, tests: rows, state }) => (
              <li key={path}>
                <code>{visible(path)}</code> <span class={`state state-${state}`}>{state}</span>{' '}
                <span class="dim">{counted(rows.length, 'test')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {affected.length > 0 && (
        <section>
          <h3>Affected</h3>
          <ul class="plain">
            {affected.slice(0, most).map(({ node, distance, state, step }) => (
              <li key={node.id}>
                <a href={hrefOf('graph', { repo, symbol: node.id, view: 'impact' })}>{visible(node.name)}</a>{' '}
                <span class={`state state-${state}`}>{state}</span>
                <span class="where">
                  {step}, {counted(distance, 'step')} · {visible(node.path)}
                </span>
              </li>
            ))}
          </ul>
          {affected.length > most && (
            <p class="dim">{counted(affected.length - most, 'more')}; `winnow impact` lists all.</p>
          )}
        </section>
      )}
    </>
  );
}
