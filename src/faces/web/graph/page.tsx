/** Graph: what is around a symbol, as a picture to walk in; and what a change of it may affect. */
import './graph.css';
import { useMemo, useState } from 'preact/hooks';
import type { GraphOutput } from '../../operations/graph.ts';
import type { ImpactOutput } from '../../operations/impact.ts';
import { useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { useKeys } from '../shell/keys.ts';
import { changed, go, hrefOf, readRoute } from '../shell/route.ts';
import { Nothing, Notices, Refused, Waiting } from '../shell/states.tsx';
import { counted, visible } from '../shell/text.tsx';
import { Affected } from './affected.tsx';
import { Entrance } from './entrance.tsx';
import { aroundItems, impactItems } from './items.ts';
import { Picture } from './picture.tsx';
import { Side } from './side.tsx';

/** Affected definitions that are drawn; the list has the rest. */
const drawnAffected = 60;

export function Graph(props: PageProps) {
  const { route, place } = props;
  const symbol = route.params.get('symbol') ?? '';
  if (place.isSet)
    return (
      <Nothing title="A graph is of one repository">
        <p>Choose a repository of the set above.</p>
      </Nothing>
    );
  return symbol === '' ? <Entrance {...props} /> : <Around {...props} symbol={symbol} />;
}

function Around({ route, place, symbol }: PageProps & { symbol: string }) {
  const { params } = route;
  const wantsImpact = params.get('view') === 'impact';
  const hops = Math.max(1, Math.min(3, Number(params.get('hops')) || 1));
  const relation = params.getAll('relation');
  const state = params.getAll('state');
  const around = useAnswer<GraphOutput>('graph', {
    symbol,
    directory: place.directory,
    hops,
    ...(relation.length > 0 ? { relation, limit: 40 } : {}),
    ...(state.length > 0 ? { state } : {}),
  });
  const impact = useAnswer<ImpactOutput>(
    'impact',
    wantsImpact ? { change: symbol, directory: place.directory, limit: 300 } : null,
  );
  const { answer, refusal, waiting, progress, again } = around;
  const [looked, setLooked] = useState<string | null>(null);
  const items = useMemo(
    () =>
      wantsImpact
        ? impact.answer === null
          ? []
          : impactItems(impact.answer, drawnAffected)
        : answer === null
          ? []
          : aroundItems(answer),
    [wantsImpact, impact.answer, answer],
  );
  const change = (values: Record<string, string | readonly string[] | null>) =>
    go(hrefOf('graph', changed(readRoute(), values)), 'replace');
  useKeys([
    {
      key: 'i',
      does: 'impact of a change, or what is around',
      act: () => change({ view: wantsImpact ? null : 'impact' }),
    },
    { key: '+', does: 'a step further', act: () => change({ hops: String(Math.min(3, hops + 1)) }) },
    { key: '-', does: 'a step less', act: () => change({ hops: hops > 2 ? String(hops - 1) : null }) },
    {
      key: 'm',
      does: 'to the middle of the picture',
      act: () => document.querySelector<SVGElement>('[data-box="0"]')?.focus(),
    },
    { key: 'Escape', does: 'back', act: () => history.back() },
  ]);
  if (refusal !== null) {
    const near = Array.isArray(refusal.details.near) ? (refusal.details.near as string[]) : [];
    return (
      <>
        <Refused refusal={refusal} again={again} />
        {near.length > 0 && (
          <Nothing title="Near to it">
            <ul class="plain">
              {near.map((id) => (
                <li key={id}>
                  <a href={hrefOf('graph', { repo: place.name, symbol: id })}>{visible(id)}</a>
                </li>
              ))}
            </ul>
          </Nothing>
        )}
      </>
    );
  }
  if (answer === null) return <Waiting waiting={waiting} progress={progress} />;
  if (answer.symbol === null)
    return (
      <Nothing title={`${counted(answer.candidates.length, 'definition')} of this name`}>
        <ul class="plain candidates">
          {answer.candidates.map((node) => (
            <li key={node.id}>
              <a href={hrefOf('graph', { repo: place.name, symbol: node.id })}>{visible(node.id)}</a>{' '}
              <span class={`kind kind-${node.kind}`}>{node.kind}</span>
            </li>
          ))}
        </ul>
      </Nothing>
    );
  const middle = {
    id: answer.symbol.id,
    label: answer.symbol.name,
    kind: answer.symbol.kind,
    path: answer.symbol.path,
  };
  const notices = wantsImpact ? (impact.answer?.notices ?? []) : answer.notices;
  return (
    <div class="graph">
      <section class="stage" aria-label={wantsImpact ? 'What a change may affect' : 'What is around'}>
        <Waiting waiting={waiting || impact.waiting} progress={impact.progress ?? progress} />
        {wantsImpact && impact.refusal !== null && <Refused refusal={impact.refusal} again={impact.again} />}
        {items.length === 0 && !waiting && !impact.waiting ? (
          <Nothing
            title={wantsImpact ? 'Nothing is known to depend on it' : 'Nothing leads here, and nothing from here'}
          >
            <Notices notices={notices} />
          </Nothing>
        ) : (
          <Picture
            middle={middle}
            items={items}
            label={`${wantsImpact ? 'What a change affects' : 'Around'} ${middle.label}`}
            hrefOf={(id) =>
              id === ''
                ? hrefOf('search', { repo: place.name, q: middle.label.split('.').at(-1) ?? '' })
                : id.startsWith('relation:')
                  ? hrefOf('graph', changed(route, { relation: id.slice('relation:'.length) }))
                  : hrefOf('graph', { ...changed(route, {}), symbol: id, relation: null })
            }
            onLook={setLooked}
          />
        )}
        <Legend impact={wantsImpact} />
      </section>
      <Side
        answer={answer}
        place={place}
        looked={items.find(({ key }) => key === looked) ?? null}
        view={wantsImpact ? 'impact' : 'around'}
        hops={hops}
        relation={relation}
        state={state}
        change={change}
      >
        {wantsImpact && impact.answer !== null && (
          <Affected answer={impact.answer} repo={place.name} drawn={items.length} />
        )}
        <Notices notices={notices} />
      </Side>
    </div>
  );
}

function Legend({ impact }: { impact: boolean }) {
  const rows: readonly (readonly [string, string])[] = impact
    ? [
        ['resolved', 'sure all the way'],
        ['ambiguous', 'ambiguous somewhere'],
      ]
    : [
        ['resolved', 'resolved'],
        ['ambiguous', 'ambiguous: one of several'],
        ['observed', 'observed in a run'],
        ['unresolved', 'not resolved: counted'],
      ];
  return (
    <ul class="legend" aria-label="Edges">
      {rows.map(([state, text]) => (
        <li key={state}>
          <svg width="34" height="10" aria-hidden="true">
            <path class={`edge edge-${state}`} d="M1 5H33" />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
