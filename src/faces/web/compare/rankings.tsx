/** How each method ranks the candidates, side by side; choosing one orders the matrix by it. */
import type { CompareOutput } from '../../operations/compare.ts';
import { visible } from '../shell/text.tsx';

interface Props {
  readonly answer: CompareOutput;
  readonly method: string;
  change(values: Record<string, string>): void;
}

/** Names of a tie that are written out. */
const mostNames = 3;

export function Rankings({ answer: { rankings, conair }, method, change }: Props) {
  const all = [
    ...rankings,
    {
      method: 'conair',
      title: 'ConAIR, questions to a person',
      source: 'Dong et al. 2024, arXiv:2411.15587',
      groups: conair.groups,
    },
  ];
  const chosen = all.find((one) => one.method === method) ?? all[0];
  return (
    <section class="rankings">
      <h2>By every method</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">First</th>
            <th scope="col" class="number">
              Tied
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ method: name, groups, title }) => {
            const first = groups[0]?.candidates ?? [];
            return (
              <tr key={name} class={name === method ? 'now' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="quiet"
                    aria-pressed={name === method}
                    onClick={() => change({ method: name })}
                    title={title}
                  >
                    {name}
                  </button>
                </th>
                <td>
                  {first.slice(0, mostNames).map((id, index) => (
                    <>
                      {index > 0 && ', '}
                      {visible(id)}
                    </>
                  ))}
                  {first.length > mostNames && <span class="dim"> …</span>}
                </td>
                <td class="number">{first.length}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {chosen !== undefined && (
        <div class="evidence">
          <h3>{chosen.title}</h3>
          <p class="dim">{chosen.source}</p>
          <ol>
            {chosen.groups.slice(0, 8).map(({ score, candidates }) => (
              <li key={candidates.join()}>
                <code>{Number.isInteger(score) ? score : score.toPrecision(4)}</code>{' '}
                {candidates.slice(0, 6).map((id, index) => (
                  <>
                    {index > 0 && ', '}
                    {visible(id)}
                  </>
                ))}
                {candidates.length > 6 && <span class="dim"> and {candidates.length - 6} more</span>}
              </li>
            ))}
          </ol>
          {chosen.groups.length > 8 && <p class="dim">and {chosen.groups.length - 8} more places</p>}
        </div>
      )}
    </section>
  );
}
