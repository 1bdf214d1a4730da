/**
 * A run of `solve` as one page: the tree of steps, each of which opens to its prompts, replies and results. No script, no network: folding is the browser's own.
 *
 * Everything in it came from a model, a program or a task, and is put in as text; the page's policy lets no script run at all.
 */
import { createHash } from 'node:crypto';
import { type ExplainedStep, evidenceOf, explainRun, type SavedRun } from '../../solve/mod.ts';

const style = `:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
pre{font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;background:color-mix(in srgb,currentColor 7%,transparent);padding:.6rem;margin:.3rem 0;max-height:30rem;overflow:auto}
details{margin-left:1.2rem;border-left:1px solid color-mix(in srgb,currentColor 25%,transparent);padding-left:.6rem}
summary{cursor:pointer}
.kind{font-weight:600}
.quiet{opacity:.75}
table{border-collapse:collapse}
td,th{text-align:left;padding:.1rem 1rem .1rem 0}`;

/** @param characters of each text, at most */
export function explainPage(saved: SavedRun, characters: number): string {
  const { head, result, steps, total } = explainRun(saved);
  // A folder may hold anything: what is no text is shown as none.
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  const task = (head.task ?? {}) as { id?: unknown; text?: unknown };
  const candidates = Array.isArray(result?.candidates)
    ? (result.candidates as ({ source?: unknown; why?: unknown } | null)[])
    : [];
  const best = candidates[0] ?? undefined;
  const numbers = Object.entries((head.parameters ?? {}) as object).map(([name, value]) => `${name}=${value}`);
  const rows: readonly (readonly [string, string])[] = [
    ['strategy', String(head.strategy)],
    ['model', String(head.model)],
    ['seed', String(head.seed)],
    ...(numbers.length === 0 ? [] : [['numbers', numbers.join(', ')] as const]),
    ['verdict', result === null ? 'the run has not ended' : `${result.verdict}, ${result.ending}`],
    ['calls', String(total.calls)],
    ['tokens', `${total.inputTokens} in, ${total.outputTokens} out`],
    ['executions', String(total.executions)],
    ['cost', total.costUsd > 0 ? `$${total.costUsd.toFixed(4)}` : 'not known or nothing'],
  ];
  const title = `${textOf(task.id) || 'a run'} · ${head.strategy}`;
  const hash = createHash('sha256').update(style).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<table>${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`).join('')}</table>
<h2>Task</h2>
<pre tabindex="0">${escaped(textOf(task.text))}</pre>
${best === undefined ? '' : `<h2>Best candidate</h2>\n<p>${escaped(textOf(best.why))}</p>\n<pre tabindex="0">${escaped(textOf(best.source))}</pre>`}
<h2>Steps</h2>
${tree(steps, saved, characters)}
</main>
</body>
</html>
`;
}

function tree(steps: readonly ExplainedStep[], saved: SavedRun, characters: number): string {
  const parts: string[] = [];
  let open = 0;
  for (const step of steps) {
    for (; open > step.depth; open--) parts.push('</details>');
    const cost = [
      ...(step.calls > 0 ? [`${step.calls} calls, ${step.inputTokens + step.outputTokens} tokens`] : []),
      ...(step.executions > 0 ? [`${step.executions} executions`] : []),
      ...(step.kind === 'note' ? [] : [step.tookMs === null ? 'not ended' : `${Math.round(step.tookMs)} ms`]),
    ];
    const told = [step.execution?.summary, step.failure].filter((one) => one !== undefined);
    const evidence = evidenceOf(saved, step, characters).map(
      ({ what, text }) => `<p class="quiet">${escaped(what)}</p><pre tabindex="0">${escaped(text)}</pre>`,
    );
    parts.push(
      `<details${step.depth === 0 ? ' open' : ''}><summary><span class="kind">${escaped(step.kind)}</span> ${escaped(step.title)} <span class="quiet">${escaped([...told, ...cost].join(' · '))}</span></summary>${evidence.join('')}`,
    );
    open++;
  }
  return parts.join('\n') + '</details>'.repeat(open);
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
