/**
 * How long a keystroke on the search page takes until its hits are drawn, on a repository of yours, in Chromium.
 *
 *   node perf/pages.ts DIRECTORY [QUERY…]
 *
 * Each query is typed letter by letter, the next letter once the hits of the last are drawn. A row a query, then quantiles over all
 * keystrokes; the server's own share is what it says with its answer. The first query is typed twice and counted once, so that neither
 * the first look at the files nor the bundle counts.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const usual = ['parse config', 'where are errors logged', 'read file', 'createServer', 'session cookie expires'];
const [directory = '.', ...given] = process.argv.slice(2);
const queries = given.length > 0 ? given : usual;
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (executablePath === undefined) throw new Error('Expected Chromium at /usr/bin/chromium; install it first.');

const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));
const server = spawn(process.execPath, [launcher, 'serve', '--port', '0', '--log', 'none', '--json'], {
  cwd: directory,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve, reject) => {
  server.stdout.once('data', (data: Buffer) => resolve(JSON.parse(String(data)).url));
  server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
});
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
});

interface Keystroke {
  readonly drawnMs: number;
  readonly serverMs: number;
}

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(300_000);
  const openedAt = performance.now();
  await page.goto(url);
  await page.waitForSelector('input[type=search]');
  console.log(`document to input: ${Math.round(performance.now() - openedAt)} ms`);
  const type = (query: string): Promise<Keystroke[]> => page.evaluate(typed, query);
  await type(queries[0] ?? '');
  const all: Keystroke[] = [];
  for (const query of queries) {
    const rows = await type(query);
    all.push(...rows);
    console.log(`${query}: median ${at(rows, 0.5)}, 95th ${at(rows, 0.95)} ms over ${rows.length} keystrokes`);
  }
  const servers = all.map(({ serverMs }) => ({ drawnMs: serverMs, serverMs }));
  console.log(
    `all: median ${at(all, 0.5)}, 95th ${at(all, 0.95)}, most ${at(all, 1)} ms; server: median ${at(servers, 0.5)}, 95th ${at(servers, 0.95)} ms`,
  );
  console.log(
    `load of this machine: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
} finally {
  await browser.close();
  server.kill('SIGTERM');
}

function at(rows: readonly Keystroke[], share: number): number {
  const sorted = rows.map(({ drawnMs }) => drawnMs).sort((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}

/** What of a browser the function below uses; this file is checked without its types. */
interface InPage {
  readonly document: {
    querySelector(selector: string): {
      value: string;
      readonly textContent: string | null;
      getAttribute(name: string): string | null;
      dispatchEvent(event: Event): void;
    } | null;
  };
  requestAnimationFrame(then: () => void): void;
}

/** Runs in the page: from the letter to the frame after its hits are drawn. */
async function typed(query: string): Promise<Keystroke[]> {
  const { document, requestAnimationFrame } = globalThis as unknown as InPage;
  const input = document.querySelector('input[type=search]');
  if (input === null) throw new Error('there is no query to type');
  const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
  const rows: Keystroke[] = [];
  for (let length = 1; length <= query.length; length++) {
    const text = query.slice(0, length);
    // A space at the end asks for nothing new.
    if (text.endsWith(' ')) continue;
    const startedAt = performance.now();
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await frame();
    while (document.querySelector('.panes:not(.skeleton)')?.getAttribute('data-asked') !== text) await frame();
    await frame();
    const told = document.querySelector('#found')?.textContent ?? '';
    rows.push({ drawnMs: performance.now() - startedAt, serverMs: Number(/([\d.]+) ms/.exec(told)?.[1] ?? 'NaN') });
  }
  return rows;
}
