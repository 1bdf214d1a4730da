/** Risk as a person sees it: a table by line, the worst marked, and what could not be read. */
import type { RiskOutput } from '../operations/risk.ts';
import type { RiskFileOutput, RunRiskOutput } from '../operations/risk-schemas.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, type Paint, painter } from '../paint.ts';

export function riskView({ files, skipped, policy }: RiskOutput, settings: Settings): string {
  const paint = painter(settings);
  const told = files.filter(({ findings, unknowns }) => findings.length + unknowns.length > 0);
  const lines = told.flatMap((file, index) => [...(index > 0 ? [''] : []), ...fileLines(file, settings, paint)]);
  const findings = files.reduce((sum, file) => sum + file.findings.length, 0);
  const unknowns = files.reduce((sum, file) => sum + file.unknowns.length, 0);
  if (told.length === 0) lines.push(`${count(files.length, 'file')} read: nothing found.`);
  else
    lines.push(
      '',
      `${count(findings, 'finding')}${unknowns > 0 ? `, ${count(unknowns, 'place')} that cannot be read` : ''} in ${count(told.length, 'file')}${files.length > told.length ? ` of ${files.length}` : ''}.`,
    );
  for (const { path, reason } of skipped) lines.push(`${harmless(path)}: ${harmless(reason)}`);
  if (policy !== null)
    lines.push(
      ...(policy.runs
        ? [
            `the policy ${harmless(policy.name)} lets it run${policy.confined.length === 0 ? '' : `, confined: ${policy.confined.join(', ')}`}`,
          ]
        : [`refused by the policy ${harmless(policy.name)}:`, ...refusedLines(policy.refused)]),
    );
  return `${lines.join('\n')}\n`;
}

const marks = { low: 'dim', medium: 'yellow', high: 'red', critical: 'red' } as const;

function fileLines(file: RiskFileOutput, { columns }: Settings, paint: Paint): string[] {
  const lines = [
    `${paint.bold(harmless(file.path))}  ${paint.dim(file.language)}${file.severity === null ? '' : `  ${paint[marks[file.severity]](file.severity)}`}`,
  ];
  const width = String(Math.max(1, ...file.findings.map((one) => one.lines.first))).length;
  const head = (line: number): string => `  ${paint.dim(String(line).padStart(width))}  `;
  const space = `  ${' '.repeat(width)}  `;
  let last = -1;
  for (const [finding, places] of told(file.findings, ({ category, act, target, severity, reason, within, runs }) => [
    category,
    act,
    target,
    severity,
    reason,
    within,
    runs,
  ])) {
    const { lines: at, code, severity, category, act, target, reason, within, runs, function: name } = finding;
    if (at.first !== last) lines.push(`${head(at.first)}${harmless(cut(code, columns - width - 6))}`);
    last = at.first;
    const where = within.length === 0 ? '' : ` ${paint.dim(`in ${within.join(', in ')}`)}`;
    const idle = runs ? '' : ` ${paint.dim(`(nothing here calls ${name ?? 'it'})`)}`;
    const what = `${category}: ${act}${target === null ? '' : ` ${harmless(target)}`}`;
    lines.push(`${space}${paint[marks[severity]](severity.padEnd(8))}  ${what}${where}${idle}${times(places, paint)}`);
    lines.push(`${space}          ${paint.dim(reason)}`);
  }
  for (const [{ lines: at, reason }, places] of told(file.unknowns, ({ reason }) => reason))
    lines.push(`${head(at.first)}${paint.magenta('unknown')}   ${harmless(reason)}${times(places, paint)}`);
  return lines;
}

const times = (places: number, paint: Paint): string =>
  places > 1 ? paint.dim(` (${places} places of the line)`) : '';

/** Rows of a line that say the same are one; each with how many there are. */
function told<Row extends { readonly lines: { readonly first: number } }>(
  rows: readonly Row[],
  said: (row: Row) => unknown,
): readonly (readonly [Row, number])[] {
  const found = new Map<string, readonly [Row, number]>();
  for (const row of rows) {
    const key = JSON.stringify([row.lines.first, said(row)]);
    const [first, places] = found.get(key) ?? [row, 0];
    found.set(key, [first, places + 1]);
  }
  return [...found.values()];
}

const verdicts = {
  'as-foretold': 'as foretold',
  'not-seen': 'foretold, not seen',
  'not-foretold': 'SEEN, NOT FORETOLD',
  neither: '',
} as const;

function refusedLines(refused: RunRiskOutput['refused']): string[] {
  const lines = refused.map(({ action, category, path, lines: at, reason }) => {
    const how = action === 'ask' ? ` (--allow ${category} lets it run)` : '';
    return `${at === null ? '' : `${harmless(path ?? '')}:${at.first}: `}${category}: ${harmless(reason)}${how}`;
  });
  return [...new Set(lines)].map((line) => `  ${line}`);
}

/** Lines of what a policy refuses that was seen all the same. */
const mostHeldBack = 5;

/** Behind a run with a policy: why it was refused, or foretold against seen. */
export function runRiskLines(risk: RunRiskOutput, settings: Settings): string[] {
  const paint = painter(settings);
  if (!risk.runs) {
    return [`refused by the policy ${risk.policy}; nothing was run:`, ...refusedLines(risk.refused)];
  }
  const without = risk.withheld.length === 0 ? '' : `; it ran without ${risk.withheld.map(harmless).join(', ')}`;
  const lines =
    risk.confined.length === 0
      ? []
      : [`confined by the policy ${harmless(risk.policy)}: ${risk.confined.join(', ')}${without}`];
  const rows = (risk.comparison ?? []).filter(({ foretold, seen }) => foretold !== null || seen !== null);
  if (rows.length === 0) return [...lines, 'risk: nothing foretold, nothing seen'];
  lines.push(`${'risk'.padEnd(12)}  ${'foretold'.padEnd(8)}  ${'seen'.padEnd(8)}`);
  for (const { category, foretold, seen, verdict } of rows) {
    const text = verdicts[verdict];
    lines.push(
      `${category.padEnd(12)}  ${(foretold ?? '–').padEnd(8)}  ${(seen ?? '–').padEnd(8)}  ${verdict === 'not-foretold' ? paint.red(text) : paint.dim(text)}`.trimEnd(),
    );
    if (verdict !== 'not-foretold') continue;
    const worst = (risk.seen ?? []).filter((one) => one.category === category && one.severity !== 'low');
    for (const one of worst.slice(0, 5)) lines.push(`  ${one.act} ${harmless(one.target ?? '')} (${one.evidence})`);
  }
  const outside = risk.isWitnessed
    ? 'from outside, what it wrote, connected to, started and was refused'
    : 'from outside, how it ended and what it wrote';
  for (const text of risk.heldBack.slice(0, mostHeldBack))
    lines.push(paint.red(`seen, and refused by the policy ${harmless(risk.policy)}: ${harmless(text)}`));
  if (risk.heldBack.length > 0)
    lines.push(
      `so --keep leaves the changes to wait${risk.heldBack.length > mostHeldBack ? `; ${risk.heldBack.length - mostHeldBack} more are in --json` : ''}`,
    );
  lines.push(`seen: ${outside}${risk.isWatched ? '; the rest its own process reported, which it can forge' : ''}`);
  return lines;
}
