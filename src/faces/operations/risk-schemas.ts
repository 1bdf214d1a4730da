/** Risk as schemas: findings, a policy's decision, and what was seen against what was foretold. */
import { z } from 'zod';
import { type LineRange, lineStarts, linesOf, type Span } from '../../base/mod.ts';
import { comparisons, type PolicyDecision, type RiskReport, riskCategories, severities } from '../../run/mod.ts';
import { linesSchema, spanSchema } from './schemas.ts';

const severity = z.enum(severities);

export const findingSchema = z.strictObject({
  category: z.enum(riskCategories),
  act: z.string(),
  severity,
  target: z.string().nullable().describe('What it is done to; … stands for parts that are not known before it runs'),
  reason: z.string(),
  span: spanSchema,
  lines: linesSchema,
  code: z.string().describe('The first line of it'),
  function: z.string().nullable().describe('The function that it stands in; null: the file’s own code'),
  runs: z.boolean().describe('false: nothing in the file calls that function'),
  within: z.array(z.string()).describe('Languages of texts in which it was found, outermost first'),
});

export const unknownSchema = z.strictObject({
  reason: z.string(),
  span: spanSchema,
  lines: linesSchema,
  runs: z.boolean(),
});

export const riskFileSchema = z.strictObject({
  path: z.string(),
  language: z.string(),
  severity: severity.nullable().describe('The worst of its findings; null: none'),
  findings: z.array(findingSchema),
  unknowns: z.array(unknownSchema).describe('What could not be read, so that it may do anything'),
});

const refusedSchema = z.array(
  z.strictObject({
    action: z.enum(['ask', 'refuse']),
    category: z.string(),
    path: z.string().nullable(),
    lines: linesSchema.nullable(),
    reason: z.string(),
  }),
);

export const policySchema = z.strictObject({
  name: z.string(),
  runs: z.boolean().describe('false: it would be refused, or asked about'),
  refused: refusedSchema,
  confined: z.array(z.enum(riskCategories)).describe('Categories that would run without what would let them reach out'),
});

export const runRiskSchema = z
  .strictObject({
    files: z.array(riskFileSchema).describe('The program and what lies beside it'),
    policy: z.string(),
    runs: z.boolean().describe('false: it was refused, and nothing ran'),
    refused: refusedSchema,
    confined: z.array(z.enum(riskCategories)).describe('Categories that ran without what would let them reach out'),
    withheld: z
      .array(z.string())
      .describe('Grants that were asked for and not given, because of that: --network, --read DIR'),
    heldBack: z
      .array(z.string())
      .describe('With --in: what was seen, was not foretold, and the policy refuses, so that --keep keeps nothing'),
    seen: z
      .array(
        z.strictObject({
          category: z.enum(riskCategories),
          act: z.string(),
          severity,
          target: z.string().nullable(),
          evidence: z.enum(['certain', 'reported']).describe('reported: the program itself said so, and may have lied'),
          count: z.int(),
        }),
      )
      .nullable(),
    isWatched: z.boolean().describe('false: no hook in the program; only what is certain is told'),
    isWitnessed: z.boolean().describe('Connections, programs and refused calls were seen from outside the program'),
    comparison: z
      .array(
        z.strictObject({
          category: z.enum(riskCategories),
          foretold: severity.nullable(),
          seen: severity.nullable(),
          verdict: z.enum(comparisons),
        }),
      )
      .nullable(),
  })
  .nullable()
  .describe('With --policy: what was foretold, decided and seen');

export type RiskFileOutput = z.output<typeof riskFileSchema>;
export type RunRiskOutput = NonNullable<z.output<typeof runRiskSchema>>;

/** A report with lines of its file. */
export function riskFileOutput(path: string, bytes: Uint8Array, report: RiskReport): RiskFileOutput {
  const starts = lineStarts(bytes);
  const lines = (span: Span): LineRange => linesOf(starts, span);
  const decoder = new TextDecoder();
  const first = ({ start, end }: Span): string => {
    const text = decoder.decode(bytes.subarray(start, Math.min(end, start + 400)));
    return text.split('\n')[0]?.trim() ?? '';
  };
  return {
    path,
    language: report.language,
    severity: report.severity,
    findings: report.findings.map((finding) => ({
      ...finding,
      within: [...finding.within],
      lines: lines(finding.span),
      code: first(finding.span),
    })),
    unknowns: report.unknowns.map((one) => ({ ...one, lines: lines(one.span) })),
  };
}

export function refusedOutput(
  decision: PolicyDecision,
  files: readonly { readonly report: RiskReport; readonly output: RiskFileOutput }[],
): RunRiskOutput['refused'] {
  return decision.refused.map(({ action, category, finding, reason }) => {
    const file = finding === null ? undefined : files.find(({ report }) => report.findings.includes(finding));
    const place = finding === null ? -1 : (file?.report.findings.indexOf(finding) ?? -1);
    return {
      action,
      category,
      path: file?.output.path ?? null,
      lines: file?.output.findings[place]?.lines ?? null,
      reason,
    };
  });
}
