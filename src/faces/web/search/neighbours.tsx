/** What is around a hit in the graph, as lists. */
import type { GraphOutput } from '../../operations/graph.ts';
import { useAnswer } from '../shell/api.ts';
import { hrefOf } from '../shell/route.ts';
import { Nothing, Notices, Refused, Waiting } from '../shell/states.tsx';
import { counted, visible } from '../shell/text.tsx';

export function Neighbours({ id, directory, repo }: { id: string; directory: string; repo: string }) {
  const { answer, refusal, waiting, progress, again } = useAnswer<GraphOutput>('graph', { symbol: id, directory });
  if (refusal !== null)
    return refusal.code === 'unknown-id' ? (
      <p class="dim pad">
        This piece defines nothing, so nothing leads to it. Definitions, files and directories have neighbours.
      </p>
    ) : (
      <Refused refusal={refusal} again={again} />
    );
  if (answer === null) return <Waiting waiting={waiting} progress={progress} />;
  const relations = answer.relations.filter(({ reached }) => reached > 0);
  return (
    <div class="neighbours">
      <Notices notices={answer.notices} />
      {relations.length === 0 && <Nothing title="Nothing leads here, and nothing from here" />}
      {relations.map(({ relation, total, neighbours }) => (
        <section key={relation}>
          <h3>
            {relation} <span class="dim">{total}</span>
          </h3>
          <ul class="plain">
            {neighbours.map(({ node, state, sites, siteCount }) => (
              <li key={node.id}>
                <a href={hrefOf('graph', { repo, symbol: node.id })}>{visible(node.name)}</a>{' '}
                <span class={`state state-${state}`}>{state}</span>
                <span class="where">
                  {visible(node.path)}
                  {node.lines === null ? '' : `:${node.lines.first}`}
                </span>
                {sites[0] !== undefined && (
                  <code class="site">
                    {sites[0].line}: {visible(sites[0].text)}
                  </code>
                )}
                {siteCount > 1 && <span class="dim"> and {counted(siteCount - 1, 'more place')}</span>}
              </li>
            ))}
          </ul>
          {total > neighbours.length && (
            <p class="dim">
              <a href={hrefOf('graph', { repo, symbol: id })}>{counted(total - neighbours.length, 'more')}</a>
            </p>
          )}
        </section>
      ))}
      {answer.unresolved !== null && answer.unresolved.ambiguous + answer.unresolved.unknown > 0 && (
        <p class="dim">
          Calls of {visible(answer.unresolved.name)} in the repository that were not plainly resolved:{' '}
          {answer.unresolved.ambiguous} ambiguous, {answer.unresolved.unknown} unknown.
        </p>
      )}
    </div>
  );
}
