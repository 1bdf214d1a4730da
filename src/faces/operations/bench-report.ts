/** `winnow bench report DIR…`: runs of suites for a reader. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { markdownTable, readReported, reportPage } from '../../bench/mod.ts';
import { harmless } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  runs: z.array(z.string()).min(1).describe('Folders of runs of suites'),
  html: z.string().min(1).optional().describe('Write a page with plots, which needs nothing else'),
  markdown: z.string().min(1).optional().describe('Write the table to a file'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.report/1'),
  runs: z.int(),
  table: z.string().describe('Markdown'),
  written: z.array(z.string()),
});

export const benchReportOperation: Operation<typeof input, typeof output> = {
  name: 'bench report',
  summary: 'runs of suites as a page with plots, and as a table in Markdown',
  description:
    'Prints a table in Markdown with a row for each run and a column for each figure. --html writes a page: the table, figures with their intervals, each problem, what was wrong, what is excluded and what to mind. It has no script and loads nothing.',
  examples: [{ command: 'winnow bench report runs/a runs/b --html report.html', does: 'a page, and the table' }],
  input,
  output,
  positional: [{ property: 'runs', label: 'DIR', variadic: true }],
  labels: { html: 'FILE', markdown: 'FILE' },
  run: async ({ runs, html, markdown }, { cwd }) => {
    const reported = await readReported(runs.map((dir) => resolve(cwd, dir)));
    const table = markdownTable(reported);
    const written: string[] = [];
    for (const [path, text] of [
      [html, html === undefined ? '' : reportPage(reported)],
      [markdown, table],
    ] as const) {
      if (path === undefined) continue;
      try {
        await writeFile(resolve(cwd, path), text);
      } catch (cause) {
        throw new WinnowError('path-unreadable', `Cannot write ${path} (${(cause as NodeJS.ErrnoException).code}).`, {
          cause,
        });
      }
      written.push(path);
    }
    return { schema: 'winnow.bench.report/1' as const, runs: reported.length, table, written };
  },
  render: ({ table, written }) =>
    `${table.split('\n').map(harmless).join('\n')}${written.map((path) => `written to ${harmless(path)}\n`).join('')}`,
  exit: () => 0,
};
