/**
 * Runs of suites as one page that needs nothing else: no script, no font, no picture from elsewhere; plots are SVG in it, and it is light or dark as its reader's screen is. And as a
 * table in Markdown.
 *
 * All that comes out of a run is a stranger's text and is escaped.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { readSuiteRun, type SuiteRun } from './compare.ts';
import type { SuiteSummary } from './summary.ts';

interface Reported {
  readonly run: SuiteRun;
  readonly summary: SuiteSummary;
  readonly command: Readonly<Record<string, unknown>>;
}

/** @throws WinnowError `path-not-found`, `bad-data` */
export async function readReported(dirs: readonly string[]): Promise<readonly Reported[]> {
  const all: Reported[] = [];
  for (const dir of dirs) {
    const run = await readSuiteRun(dir);
    const json = (name: string): unknown => {
      try {
        return JSON.parse(readFileSync(join(dir, name), 'utf8'));
      } catch (cause) {
        throw new WinnowError('bad-data', `Expected a whole run in ${dir}; ${name} cannot be read.`, { cause });
      }
    };
    all.push({
      run,
      summary: json('summary.json') as SuiteSummary,
      command: json('command.json') as Reported['command'],
    });
  }
  return all;
}

const percent = (value: number): string => (100 * value).toFixed(1);
const figureText = ({ value, low, high }: { value: number; low: number; high: number }): string =>
  `${percent(value)} [${percent(low)}, ${percent(high)}]`;
const titleOf = ({ run }: Reported): string => `${run.suite}, ${run.samples.split('/').at(-1) ?? ''}`;

/** One row for each run, one column for each figure. */
export function markdownTable(all: readonly Reported[]): string {
  const names = [...new Set(all.flatMap(({ summary }) => summary.figures.map(({ name }) => name)))];
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = all.map((one) => {
    const { summary } = one;
    const figures = names.map((name) => {
      const found = summary.figures.find((figure) => figure.name === name);
      return found === undefined ? '–' : figureText(found.estimate);
    });
    const unjudged = summary.unjudged.reduce((sum, { samples }) => sum + samples, 0);
    return [
      titleOf(one),
      `${summary.problems}`,
      `${summary.samples}`,
      ...figures,
      `${unjudged}`,
      `${summary.excluded.length}`,
    ];
  });
  const head = ['run', 'problems', 'samples', ...names.map((name) => `${name}, %`), 'unjudged', 'excluded'];
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--dim:#57606a;--bar:#2f6fbf;--wrong:#c4432b;--none:#8c959f}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#30363d;--dim:#9198a1;--bar:#6cb0ff;--wrong:#ff8c78;--none:#6e7681}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border-bottom:1px solid var(--line);padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}
svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:13px system-ui,sans-serif}.bar{fill:var(--bar)}.wrong{fill:var(--wrong)}.none{fill:var(--none)}.axis{stroke:var(--line)}.whisker{stroke:var(--ink);stroke-width:1.5}
code{overflow-wrap:anywhere}.dim{color:var(--dim)}`;

export function reportPage(all: readonly Reported[]): string {
  const title = 'Benchmark runs';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>
<main><h1>${title}</h1>
${tableOf(all)}
<h2>Figures with 95% intervals</h2>
${barsOf(all)}
${all.map(section).join('\n')}
</main></body></html>
`;
}

function tableOf(all: readonly Reported[]): string {
  const rows = markdownTable(all)
    .trim()
    .split('\n')
    .map((line) =>
      line
        .slice(2, -2)
        .split(/(?<!\\) \| /)
        .map((one) => one.replaceAll('\\|', '|')),
    );
  const [head = [], , ...body] = rows;
  const cells = (row: readonly string[], tag: string): string =>
    row.map((one) => `<${tag}>${escaped(one)}</${tag}>`).join('');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${body.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table>`;
}

/** A bar for each figure of each run, with its interval. */
function barsOf(all: readonly Reported[]): string {
  const bars = all.flatMap((one) =>
    one.summary.figures.map(({ name, estimate }) => ({ label: `${titleOf(one)}: ${name}`, ...estimate })),
  );
  if (bars.length === 0) return '<p>No figure: no problem was judged.</p>';
  const most = Math.max(1, ...bars.map(({ high }) => high));
  const [left, width, height] = [300, 420, 26];
  const x = (value: number): string => (left + (width * value) / most).toFixed(1);
  const drawn = bars.map(({ label, value, low, high }, at) => {
    const y = 8 + at * height;
    const text = label.length > 42 ? `${label.slice(0, 41)}…` : label;
    return `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(text)}</text><rect class="bar" x="${left}" y="${y + 2}" width="${(Number(x(value)) - left).toFixed(1)}" height="16"><title>${escaped(label)}: ${figureText({ value, low, high })}%</title></rect><path class="whisker" d="M${x(low)} ${y + 10}H${x(high)}M${x(low)} ${y + 5}v10M${x(high)} ${y + 5}v10"/><text x="${left + width + 8}" y="${y + 14}">${percent(value)}</text>`;
  });
  const tall = 16 + bars.length * height;
  return `<svg role="img" aria-label="Figures of all runs with their intervals" viewBox="0 0 ${left + width + 60} ${tall}"><path class="axis" d="M${left} 0V${tall}M${x(most)} 0V${tall}"/>${drawn.join('')}</svg>`;
}

/** One square for each problem, by the share of its samples that are right: where a run is strong and where it is not. */
function problemsOf({ run }: Reported): string {
  const [size, columns] = [16, 40];
  const squares = run.counts.map(({ problem, n, right }, at) => {
    const [x, y] = [(at % columns) * size, Math.floor(at / columns) * size];
    const share = right / n;
    const label = `<title>${escaped(problem)}: ${right} of ${n} right</title>`;
    return `<rect class="wrong" x="${x}" y="${y}" width="${size - 2}" height="${size - 2}"><title>${escaped(problem)}: ${right} of ${n} right</title></rect>${share > 0 ? `<rect class="bar" x="${x}" y="${(y + (size - 2) * (1 - share)).toFixed(1)}" width="${size - 2}" height="${((size - 2) * share).toFixed(1)}">${label}</rect>` : ''}`;
  });
  const tall = Math.ceil(run.counts.length / columns) * size;
  return `<svg role="img" aria-label="Problems by the share of right samples" viewBox="0 0 ${columns * size} ${Math.max(tall, size)}">${squares.join('')}</svg>`;
}

function section(one: Reported): string {
  const { run, summary, command } = one;
  const list = (items: readonly string[]): string =>
    `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  const versions = command.versions as Record<string, unknown> | undefined;
  const machine = command.machine as Record<string, unknown> | undefined;
  const reasons = summary.reasons.slice(0, 8).map(({ reason, samples }) => `${samples} × ${reason}`);
  return `<section><h2>${escaped(titleOf(one))}</h2>
<p>${summary.right} of ${summary.right + summary.wrong} judged samples are right. One square is a problem, filled by its share of right samples.</p>
${problemsOf(one)}
${reasons.length === 0 ? '' : `<h3>What was wrong</h3>${list(reasons)}`}
${summary.unjudged.length === 0 ? '' : `<h3>Unjudged</h3>${list(summary.unjudged.map(({ reason, samples }) => `${samples} × ${reason}`))}`}
${summary.excluded.length === 0 ? '' : `<h3>Excluded: the reference does not pass here</h3>${list(summary.excluded.map(({ problem, reason }) => `${problem}: ${reason}`))}`}
${summary.warnings.length === 0 ? '' : `<h3>Mind</h3>${list(summary.warnings)}`}
<p class="dim">Run of ${escaped(String(command.date ?? ''))}, Winnow ${escaped(String(versions?.winnow ?? ''))}, Node ${escaped(String(versions?.node ?? ''))}, ${escaped(String(machine?.cpu ?? ''))}, seed ${run.seed}.<br><code>${escaped((command.command as string[] | undefined)?.slice(1).join(' ') ?? '')}</code></p>
</section>`;
}
