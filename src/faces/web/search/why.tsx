/** The tree of terms that made a hit's score, each with its share of the one above. */
import { useAnswer } from '../shell/api.ts';
import { Refused, Waiting } from '../shell/states.tsx';
import { plain, visible } from '../shell/text.tsx';
import type { Answer, Hit } from './search.tsx';

/** As answers have it; types that hold themselves do not survive being derived from a schema. */
interface Explanation {
  readonly label: string;
  readonly value: number;
  readonly children: readonly Explanation[];
}

export function Why({ hit, question }: { hit: Hit; question: Record<string, unknown> }) {
  const { body: _, clarify: __, ...asked } = question;
  const { answer, refusal, waiting, progress, again } = useAnswer<Answer>('search', { ...asked, explain: true });
  if (refusal !== null) return <Refused refusal={refusal} again={again} />;
  const found = answer?.hits.find(({ id }) => id === hit.id)?.explanation as Explanation | null | undefined;
  if (answer === null) return <Waiting waiting={waiting} progress={progress} />;
  if (found === null || found === undefined)
    return <p class="dim pad">Matches of an expression come by name and place; there is no score to take apart.</p>;
  return (
    <div class="why">
      <p class="dim">Each term is the sum or the product of those below it; of a sum, the bar is each one’s share.</p>
      <Term term={found} most={found.value} depth={0} />
    </div>
  );
}

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3);

function Term({ term, most, depth }: { term: Explanation; most: number | null; depth: number }) {
  const share = most !== null && most > 0 ? Math.max(0, Math.min(1, term.value / most)) : 0;
  const row = (
    <>
      <span class="label">{visible(term.label)}</span>
      {most === null ? <span /> : <meter min={0} max={1} value={share} aria-label={plain(`${term.label}: share`)} />}
      <span class="value">{shown(term.value)}</span>
    </>
  );
  if (term.children.length === 0) return <div class="term">{row}</div>;
  return (
    <details class="term" open={depth < 2}>
      <summary>{row}</summary>
      <div class="below">
        {term.children.map((child, index) => (
          <Term
            key={`${index}${child.label}`}
            term={child}
            most={/\(sum\)/.test(term.label) ? term.value : null}
            depth={depth + 1}
          />
        ))}
      </div>
    </details>
  );
}
