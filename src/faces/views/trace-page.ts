/**
 * A page of its own to step through a run: source with heat, variables, stack, call tree, output. One file, no network, no library.
 *
 * Everything that comes out of the program or its source is put in as data and shown as text; the page's policy lets no other script run.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pageCode } from '../../run/mod.ts';
import type { TraceOutput } from '../operations/trace-schemas.ts';
import { endingText } from './run.ts';

export async function tracePage(output: TraceOutput): Promise<string> {
  const own = (name: string): Promise<string> => readFile(new URL(`trace-page/${name}`, import.meta.url), 'utf8');
  const [code, script, style] = await Promise.all([pageCode(), own('page.js'), own('page.css')]);
  const whole = `(() => {\n'use strict';\n${code}\n${script}\n})();`;
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const [trace] = output.traces;
  const data = {
    trace: trace ?? null,
    files: output.files,
    ending: endingText(output.outcome) ?? 'exit code 0',
    backend: output.outcome.backend,
    notices: output.notices,
  };
  const title = `${output.files[0]?.path ?? 'a run'} · trace`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${hash(whole)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page steps through a run with a script of its own; scripts are switched off.</noscript>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${whole}</script>
</body>
</html>
`;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
