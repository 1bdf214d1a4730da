/**
 * How long a keystroke on the search page takes until its hits are painted, on a repository of yours, in Chromium, and where the time goes.
 *
 *   node perf/pages.ts DIRECTORY [QUERY…]
 *
 * Each query is typed letter by letter, the next letter once the hits of the last are painted, or that words have none. A row a query, then quantiles over all keystrokes: when the question was
 * on its way, when the answer was there, when the hits were in the document and when they were painted; what the server says it took; and processor time, of the server
 * and of the page's main thread, which a busy machine changes less. The first query is typed twice and counted once, so that neither the first look at the files nor
 * the bundle counts.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

/** Milliseconds from the letter, but for the last three. */
interface Keystroke {
  readonly asked: number;
  readonly answered: number;
  readonly inDocument: number;
  readonly painted: number;
  /** What the answer says. */
  readonly told: number;
}
type Row = Keystroke & { readonly serverCpu: number; readonly pageCpu: number };

/** Processor time of the server so far, ms, in steps of 10; 0 where the system does not tell. */
function serverCpuMs(): number {
  try {
    const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(300_000);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const pageCpuMs = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const openedAt = performance.now();
  await page.goto(url);
  await page.waitForSelector('input[type=search]');
  console.log(`document to input: ${Math.round(performance.now() - openedAt)} ms`);
  const type = async (query: string): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let length = 1; length <= query.length; length++) {
      const text = query.slice(0, length);
      // A space at the end asks for nothing new.
      if (text.endsWith(' ')) continue;
      const [serverBefore, pageBefore] = [serverCpuMs(), await pageCpuMs()];
      const keystroke = await page.evaluate(typed, text);
      rows.push({ ...keystroke, serverCpu: serverCpuMs() - serverBefore, pageCpu: (await pageCpuMs()) - pageBefore });
    }
    return rows;
  };
  await type(queries[0] ?? '');
  const all: Row[] = [];
  for (const query of queries) {
    const rows = await type(query);
    all.push(...rows);
    console.log(`${query}: painted, median ${at(rows, 'painted', 0.5)}, 95th ${at(rows, 'painted', 0.95)} ms`);
  }
  console.log(`${all.length} keystrokes, ms`);
  for (const name of ['asked', 'answered', 'inDocument', 'painted', 'told'] as const)
    console.log(`  ${name}: median ${at(all, name, 0.5)}, 95th ${at(all, name, 0.95)}, most ${at(all, name, 1)}`);
  for (const name of ['serverCpu', 'pageCpu'] as const) {
    const mean = all.reduce((sum, row) => sum + row[name], 0) / all.length;
    console.log(`  ${name}: mean ${mean.toFixed(1)}, median ${at(all, name, 0.5)}, 95th ${at(all, name, 0.95)}`);
  }
  const loads = loadavg().map((load) => load.toFixed(1));
  console.log(`load of this machine: ${loads.join(' ')}`);
} finally {
  await browser.close();
  server.kill('SIGTERM');
}

function at(rows: readonly Row[], name: keyof Row, share: number): number {
  const sorted = rows
    .map((row) => row[name])
    .filter((value) => !Number.isNaN(value))
    .sort((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
}

/** What of a browser the function below uses; this file is checked without its types. */
interface InPage {
  readonly document: {
    readonly body: object;
    querySelector(selector: string): {
      value: string;
      readonly textContent: string | null;
      getAttribute(name: string): string | null;
      dispatchEvent(event: Event): void;
    } | null;
  };
  requestAnimationFrame(then: () => void): void;
  readonly MutationObserver: new (
    then: () => void,
  ) => { observe(target: object, options: object): void; disconnect(): void };
}

/** Runs in the page: from the letter to the frame that has its hits. */
async function typed(text: string): Promise<Keystroke> {
  const { document, requestAnimationFrame, MutationObserver } = globalThis as unknown as InPage;
  const input = document.querySelector('input[type=search]');
  if (input === null) throw new Error('there is no query to type');
  performance.clearResourceTimings();
  const isThere = () => document.querySelector('.panes:not(.skeleton)')?.getAttribute('data-asked') === text;
  const startedAt = performance.now();
  const drawn = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      resolve(performance.now());
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  const inDocument = (await drawn) - startedAt;
  // What waits when a frame begins comes after it is painted.
  await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  const painted = performance.now() - startedAt;
  const requests = performance.getEntriesByType('resource') as unknown as {
    name: string;
    startTime: number;
    responseEnd: number;
  }[];
  const own = requests.find(({ name, startTime }) => name.includes('/api/v1/search') && startTime >= startedAt);
  return {
    asked: own === undefined ? Number.NaN : own.startTime - startedAt,
    answered: own === undefined ? Number.NaN : own.responseEnd - startedAt,
    inDocument,
    painted,
    told: Number(/([\d.]+) ms/.exec(document.querySelector('#found')?.textContent ?? '')?.[1] ?? 'NaN'),
  };
}
