/** What is to be done with the program, in which language, within which limits. */
import { useEffect, useState } from 'preact/hooks';
import type { RunOutput } from '../../operations/run-schemas.ts';
import { ask } from '../shell/api.ts';
import type { Route } from '../shell/route.ts';
import { type Action, actions, actionsOfHit } from './page.tsx';

interface Props {
  readonly route: Route;
  readonly language: string;
  readonly ofHit: boolean;
  readonly busy: boolean;
  change(values: Record<string, string | null>): void;
  act(action: Action): void;
  stop(): void;
}

/** The operation's input, of what the address says. */
export function limitsOf(params: URLSearchParams): Record<string, unknown> {
  const text = (name: string) => params.get(name) ?? '';
  const args =
    text('args')
      .match(/"[^"]*"|\S+/g)
      ?.map((word) => word.replace(/^"(.*)"$/, '$1')) ?? [];
  return {
    ...(args.length > 0 ? { args } : {}),
    ...(text('stdin') === '' ? {} : { input: text('stdin') }),
    ...(text('wall') === '' ? {} : { wall: text('wall') }),
    ...(text('memory') === '' ? {} : { memory: text('memory') }),
    ...(text('backend') === '' ? {} : { backend: text('backend') }),
  };
}

export function Controls({ route: { params }, language, ofHit, busy, change, act, stop }: Props) {
  const languages = useRunnable();
  const value = (name: string) => params.get(name) ?? '';
  const set =
    (name: string) =>
    ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement }) =>
      change({ [name]: currentTarget.value });
  const limits = ['args', 'stdin', 'wall', 'memory', 'backend'].filter((name) => value(name) !== '').length;
  return (
    <>
      <div class="bar">
        {!ofHit && (
          <label>
            <span class="hidden">Language</span>
            <select value={language} onChange={set('lang')}>
              {languages.length === 0 && <option value={language}>{language}</option>}
              {languages.map(({ name, label, missing }) => (
                <option key={name} value={name} disabled={missing !== null}>
                  {label}
                  {missing === null ? '' : ' (not installed)'}
                </option>
              ))}
            </select>
          </label>
        )}
        {busy ? (
          <button type="button" class="primary" onClick={stop}>
            Stop
          </button>
        ) : (
          Object.entries(ofHit ? actionsOfHit : actions).map(([action, label], index) => (
            <button
              key={action}
              type="button"
              class={index === 0 ? 'primary' : ''}
              onClick={() => act(action as Action)}
            >
              {label}
            </button>
          ))
        )}
      </div>
      <details class="limits" open={limits > 0}>
        <summary>
          Input and limits <span class="dim">{limits > 0 ? `${limits} set` : '10 s, 512 MiB, no network'}</span>
        </summary>
        <div class="fields">
          <label>
            Arguments
            <input type="text" value={value('args')} placeholder="none" onInput={set('args')} spellcheck={false} />
          </label>
          <label>
            Time
            <input type="text" value={value('wall')} placeholder="10s" onInput={set('wall')} spellcheck={false} />
          </label>
          <label>
            Memory
            <input
              type="text"
              value={value('memory')}
              placeholder="512MiB"
              onInput={set('memory')}
              spellcheck={false}
            />
          </label>
          <label>
            Where
            <select value={value('backend')} onChange={set('backend')}>
              <option value="">native, else embedded</option>
              <option value="native">native</option>
              <option value="embedded">embedded</option>
            </select>
          </label>
          <label class="wide">
            Standard input
            <textarea rows={2} value={value('stdin')} onInput={set('stdin')} spellcheck={false} />
          </label>
        </div>
      </details>
    </>
  );
}

interface Runnable {
  readonly name: string;
  readonly label: string;
  /** Why it cannot run here; null where it can. */
  readonly missing: string | null;
}

function useRunnable(): readonly Runnable[] {
  const [runnable, setRunnable] = useState<readonly Runnable[]>([]);
  useEffect(() => {
    ask<RunOutput>('run', { languages: true }).then(
      ({ languages, backends }) =>
        setRunnable(
          (languages ?? []).map(({ name, label }) => {
            const runtimes = (backends ?? []).flatMap((backend) =>
              backend.runtimes.filter((one) => one.language === name),
            );
            return {
              name,
              label,
              missing: runtimes.some(({ state }) => state === 'ready')
                ? null
                : (runtimes[0]?.reason ?? 'nothing runs it'),
            };
          }),
        ),
      // The language of the address still runs, and what is wrong is told when it is run.
      () => setRunnable([]),
    );
  }, []);
  return runnable;
}
