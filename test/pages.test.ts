/** The pages in a real browser, over a real server: flows, keys, both colour schemes, a telephone's width, hostile repositories. One browser for all. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, launcher, root, sampleFiles, winnow, workspace, writeFiles } from './program.ts';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const { dir, home, remove } = workspace();

/** Text that would do harm as markup, as an escape sequence, or by turning the direction of writing. */
const hostile = `def evil_banner(user):
    """<img src=x onerror="window.harmed=1"> \u202edenrut\u202c \u001b[31mred </script><script>window.harmed=1</script>"""
    return "<b id='injected'>" + user
`;

let server: ChildProcess;
let closed: ChildProcess | undefined;
let url = '';
const token = 'a-token-of-sufficient-length';
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  if (browserPath === undefined) return;
  writeFiles(dir, {
    ...Object.fromEntries(Object.entries(sampleFiles).map(([path, text]) => [`repo/${path}`, text])),
    'repo/src/evil.py': hostile,
    'repo/src/<img src=x onerror=window.harmed=1>.py': 'def markup_in_a_path():\n    return 1\n',
    'repo/src/sums.py':
      'def scaled_sum(values):\n    total = 0\n    for value in values:\n        total += value\n    return total * SCALE\n',
    'repo/src/weights.js':
      'export function weightedTotal(weights) {\n  let all = 0;\n  for (const weight of [1, 2]) {\n    all += weight * FACTOR;\n  }\n  return all;\n}\n',
  });
  server = serve([]);
  url = await urlOf(server);
  browser = await chromium.launch({
    executablePath: browserPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  for (const one of [server, closed]) {
    if (one === undefined || one.exitCode !== null) continue;
    const ended = new Promise((resolve) => one.once('exit', resolve));
    one.kill('SIGTERM');
    await ended;
  }
  remove();
});

const serve = (words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [launcher, 'serve', '--port', '0', '--log', 'none', '--json', ...words], {
    cwd: join(dir, 'repo'),
    env: { ...environment(home), PAGES_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const urlOf = (one: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    one.stdout?.once('data', (data: Buffer) => resolve(JSON.parse(String(data)).url));
    one.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });

let context: BrowserContext;
/** A page at an address; what its console complains of is collected, the policy's refusals among it. */
async function open(path: string, width = 1280): Promise<Page> {
  await context?.close();
  context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${path}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  await page.goto(new URL(path, url).href);
  return page;
}

const hits = async (page: Page): Promise<string[]> => page.locator('.hit .name').allTextContents();
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

test('without words: pages in a repository, and help elsewhere', async () => {
  writeFiles(dir, { 'plain/a.py': 'a = 1\n', 'git/a.py': 'a = 1\n' });
  expect(winnow([], { home, cwd: join(dir, 'plain') }).stdout).toContain('Usage  winnow VERB');
  execFileSync('git', ['init', '--quiet', join(dir, 'git')]);
  const child = spawn(process.execPath, [launcher], {
    cwd: join(dir, 'git'),
    env: environment(home),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(String(data))),
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(said).toMatch(/^Serving .*git\nhttp:\/\/127\.0\.0\.1:\d+\/\n$/);
  await ended;
});

describe.skipIf(browserPath === undefined)(
  'pages (skipped without Chromium: apt-get install chromium)',
  { timeout: 240_000 },
  () => {
    test('the document lets nothing in that is not of this server', async () => {
      const response = await fetch(url);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[^']+';/);
      expect(policy).toContain("frame-ancestors 'none'");
      const text = await response.text();
      expect(text).not.toMatch(/https?:\/\//);
      const other = (await (await fetch(url)).text()).match(/winnow-nonce" content="([^"]+)"/)?.[1];
      expect(text).not.toContain(other);
      expect((await fetch(new URL('/assets/..%2f..%2fpackage.json', url))).status).toBe(404);
      expect((await fetch(new URL('/assets/none.js', url))).status).toBe(404);
    });

    test('search answers while one types, by keys alone, and its state is its address', async () => {
      const page = await open('/');
      await page.waitForSelector('.map a');
      await page.keyboard.type('retry delay');
      // Answers to what was typed before come first.
      await expect.poll(async () => (await hits(page))[0], { timeout: 20_000 }).toBe('RetryPolicy.next_delay');
      expect(param(page, 'q')).toBe('retry delay');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.keyboard.press('j');
      const second = param(page, 'hit');
      await page.keyboard.press('k');
      expect(param(page, 'hit')).not.toBe(second);
      expect(param(page, 'hit')).toBe('src/client.py:RetryPolicy.next_delay');
      await page.keyboard.press('w');
      await page.waitForSelector('.term');
      await page.reload();
      await page.waitForSelector('.term');
      expect(await page.locator('.detail h2').textContent()).toBe('RetryPolicy.next_delay');
      await page.keyboard.press('Escape');
      await page.keyboard.press('n');
      await page.waitForSelector('.neighbours li');
      expect(await page.locator('.neighbours').textContent()).toContain('Client.send');
      await page.keyboard.press('?');
      expect(await page.locator('dialog.help').textContent()).toContain('why this hit');
      await page.keyboard.press('Escape');
      expect(await page.locator('.ways a').first().getAttribute('href')).toMatch(/^vscode:\/\/file\/.*client\.py:\d+$/);
    });

    test('filters narrow, and nothing found says how to find more', async () => {
      const page = await open('/?q=cache&lang=typescript');
      await page.waitForSelector('.hit');
      for (const where of await page.locator('.hit .where').allTextContents()) expect(where).toMatch(/\.ts:/);
      await page.getByLabel('Path', { exact: true }).fill('nowhere');
      await page.waitForSelector('.nothing');
      await page.click('text=Search without the filters');
      await page.waitForSelector('.hit');
      expect(param(page, 'path')).toBeNull();
    });

    test('what words do not find is told at once, before meaning has answered', async () => {
      const page = await open('/compare');
      const held = Promise.withResolvers<void>();
      await page.route('**/api/v1/search', async (route) => {
        if (route.request().postDataJSON().meaning !== 'off') await held.promise;
        await route.continue();
      });
      await page.goto(new URL('/?q=retry+delay', url).href);
      await page.waitForSelector('text=by words so far');
      await page.fill('input[type=search]', 'where are zzyq');
      await page.waitForSelector('text=Nothing by words so far');
      expect(await page.getAttribute('.panes', 'data-stale')).toBe('yes');
      expect(await page.getAttribute('.panes', 'data-asked')).toBe('where are zzyq');
      expect(await hits(page)).toContain('RetryPolicy.next_delay');
      held.resolve();
      await page.waitForSelector('.panes[data-stale="no"]');
      expect(await page.textContent('#found')).not.toContain('so far');
    });

    test('an answer of an index that is being made is asked for again, until it is whole', async () => {
      let asked = 0;
      const page = await open('/compare');
      await page.route('**/api/v1/search', async (route) => {
        const response = await route.fetch();
        const isFull = route.request().postDataJSON().meaning !== 'off';
        const text = await response.text();
        if (!isFull || ++asked > 2) return route.fulfill({ response, body: text });
        return route.fulfill({ response, body: text.replace(/"pendingFiles":0/, '"pendingFiles":3') });
      });
      await page.goto(new URL('/?q=retry+delay', url).href);
      await page.waitForSelector('text=partial: 3 files not indexed yet');
      await page.waitForSelector('text=partial: 3 files not indexed yet', { state: 'detached' });
      expect(asked).toBe(3);
    });

    test('the graph is walked by keys, and tells the impact of a change', async () => {
      const page = await open('/?q=next_delay');
      await page.waitForSelector('.hit');
      await page.keyboard.press('g');
      await page.waitForSelector('.box.middle');
      expect(await page.locator('.edge-resolved').count()).toBeGreaterThan(1);
      await page.keyboard.press('m');
      await page.keyboard.press('ArrowLeft');
      const reached = (await page.locator('.looked b').textContent()) ?? '';
      expect(['Client.send', 'test_next_delay_doubles']).toContain(reached);
      await page.keyboard.press('Enter');
      await page.waitForSelector(`.side h2:text-is("${reached}")`);
      expect(param(page, 'symbol')).toMatch(new RegExp(`:${reached}$`));
      await page.goBack();
      await page.waitForSelector('.side h2:text-is("RetryPolicy.next_delay")');
      await page.keyboard.press('i');
      await page.waitForSelector('text=may behave otherwise');
      await page.goto(new URL('/graph?symbol=no_such_thing', url).href);
      expect(await page.locator('.refused').textContent()).toContain('unknown-id');
    });

    test('a name or a path that is typed opens the graph by Enter', async () => {
      const page = await open('/graph');
      for (const [typed, symbol] of [
        ['RetryPolicy.next_delay', 'src/client.py:RetryPolicy.next_delay'],
        ['src/', 'src/'],
      ] as const) {
        await page.goto(new URL('/graph', url).href);
        await page.locator('.entrance input').fill(typed);
        if (!typed.includes('/')) await page.locator('.doors b', { hasText: typed }).first().waitFor();
        await page.keyboard.press('Enter');
        await page.waitForURL((address) => address.searchParams.get('symbol') === symbol);
        await page.locator('.box.middle').waitFor();
      }
    });

    test('a program is run, filled in and traced; its steps go both ways', async () => {
      const page = await open('/run');
      // A round has some seconds of elapsed time, which a busy machine may spend before anything is filled in.
      for (let times = 0; times < 3 && (await page.locator('.remark-injected').count()) === 0; times++) {
        await page.click('text=Fill in and run');
        await page.waitForSelector('.ending');
      }
      await page.waitForSelector('.remark-injected');
      expect(await page.locator('.remark-injected').textContent()).toContain('scale ←');
      await page
        .locator('.cm-content')
        .fill('def f(n):\n    s = 0\n    for i in range(n):\n        s += i\n    return s\nprint(f(3))\n');
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
      await page.waitForSelector('.slider');
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('End');
      expect(await page.locator('.slider output').textContent()).toMatch(/^(\d+) of \1$/);
      for (const _ of [1, 2]) await page.keyboard.press('ArrowLeft');
      await page.waitForSelector('.cm-line.now');
      await page.waitForSelector('.remark-written');
      await page.waitForSelector('.steps tbody tr:has-text("s3")');
      expect(param(page, 'step')).toMatch(/^\d+$/);
      // Undo is the editor's, one step for what is typed in a row but not for what was there before; results of another program are told to be.
      await page.locator('.cm-content').press('Control+End');
      await page.keyboard.type('#!');
      await page.waitForSelector('text=has been changed since');
      await page.keyboard.press('Control+z');
      await page.waitForSelector('text=has been changed since', { state: 'detached' });
    });

    test('a hit is run straight away; an address from elsewhere only shows it', async () => {
      const page = await open('/?q=scaled_sum');
      await page.waitForSelector('.hit');
      await page.keyboard.press('r');
      await page.waitForSelector('.ending');
      expect(await page.locator('.remark-injected').allTextContents()).toEqual(
        expect.arrayContaining([expect.stringContaining('SCALE ←')]),
      );
      const elsewhere = await open('/run?id=src/sums.py:scaled_sum&do=fill');
      await elsewhere.waitForSelector('text=Run this function by itself');
      expect(await elsewhere.locator('.ending').count()).toBe(0);
    });

    test.each([
      ['scaled_sum', 'SCALE ←', 'total = '],
      ['weightedTotal', 'FACTOR ←', 'all = '],
    ])('a hit is traced in place: %s', async (name, injected, written) => {
      const page = await open(`/?q=${name}`);
      await page.waitForSelector('.hit');
      await page.keyboard.press('t');
      await page.waitForSelector('.slider');
      // It begins where the function does, not where its file does.
      expect(await page.locator('.now-at b').textContent()).toBe(name);
      for (const _ of [1, 2, 3, 4]) await page.keyboard.press('ArrowRight');
      await page.waitForSelector('.cm-line.now');
      await page.waitForSelector(`.remark-written:has-text("${written}")`);
      expect(await page.locator('.remark-injected').allTextContents()).toContainEqual(
        expect.stringContaining(injected),
      );
      expect(await page.locator('.calls').textContent()).toContain(name);
      expect(await page.locator('.counts').textContent()).toContain('×');
      const step = param(page, 'step');
      await page.reload();
      await page.waitForSelector('.slider');
      expect([param(page, 'do'), param(page, 'step')]).toEqual(['steps', step]);
      await page.setViewportSize({ width: 360, height: 800 });
      expect(await page.evaluate('document.querySelector(".outcome").scrollWidth <= innerWidth')).toBe(true);
    });

    test('who has no token is asked for it, and it stands in no address', async () => {
      closed = serve(['--token-variable', 'PAGES_TOKEN']);
      const address = await urlOf(closed);
      const page = await open(`${address}?q=retry`);
      complaints.length = 0;
      await page.evaluate(axe.source);
      expect(await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))')).toEqual([]);
      await page.fill('input[name=token]', 'wrong');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=alert]');
      await page.fill('input[name=token]', token);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.hit');
      expect(page.url()).toBe(`${address}?q=retry`);
      expect(await page.evaluate('document.cookie')).toBe('');
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      await page.getByText('Sign out').click();
      await page.waitForSelector('input[name=token]');
      // What was open when it was lost says so.
      expect((await fetch(`${address}api/v1/operations`)).status).toBe(401);
      const elsewhere = await fetch(`${address}login`, {
        method: 'POST',
        body: new URLSearchParams({ token, next: '//evil.example/' }),
        redirect: 'manual',
      });
      expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([303, '/']);
      const foreign = {
        method: 'POST',
        body: new URLSearchParams({ token }),
        headers: { origin: 'http://evil.example' },
      };
      expect((await fetch(`${address}login`, foreign)).status).toBe(403);
      // The address of the answer to a wrong token leads back to the pages, and is no place to go on to.
      const again = await fetch(`${address}login`, { redirect: 'manual' });
      expect([again.status, again.headers.get('location')]).toEqual([303, '/']);
      const toItself = { ...foreign, headers: {}, redirect: 'manual' as const };
      toItself.body.set('next', '/login');
      expect((await fetch(`${address}login`, toItself)).headers.get('location')).toBe('/');
      expect(cookie?.name).toBe(`winnow-token-${new URL(address).port}`);
      // 401 is an answer here, and the browser logs it.
      complaints.length = 0;
    });

    test('programs are compared, and answers to questions change what is believed', async () => {
      const page = await open('/compare');
      await page.click('text=Run and compare');
      await page.waitForSelector('[role=grid]');
      expect(await page.locator('td.cell-passed').count()).toBeGreaterThan(3);
      const before = await page.locator('.chances').textContent();
      await page.getByRole('button', { name: 'False', exact: true }).click();
      await page.waitForSelector('ul.asked li');
      expect(await page.locator('.chances').textContent()).not.toBe(before);
      await page.focus('[role=grid]');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('.cell-detail').textContent()).toMatch(/program \d on test 2/);
    });

    test('text of a repository never becomes markup, and what is unseen is shown', async () => {
      const page = await open('/?q=evil_banner');
      await page.waitForSelector('.hit');
      await page.waitForSelector('.detail .unseen');
      expect(await page.locator('.detail .code').textContent()).toContain(
        '<img src=x onerror="window.harmed=1"> U+202EdenrutU+202C U+001B[31mred',
      );
      for (const path of [
        '/?q=markup_in_a_path',
        '/graph?symbol=evil_banner',
        '/graph?symbol=markup_in_a_path',
        '/run?id=src/evil.py:evil_banner',
      ]) {
        await page.goto(new URL(path, url).href);
        await page.waitForSelector(
          path.startsWith('/run') ? '.cm-line' : path.startsWith('/graph') ? '.box, .nothing' : '.hit',
        );
      }
      // The editor's own buffers are images without a source.
      expect(
        await page.evaluate(
          "['harmed' in window, document.querySelectorAll('main img:not(.cm-widgetBuffer), main script, #injected').length]",
        ),
      ).toEqual([false, 0]);
    });

    test('a run of a benchmark is shown down to the rows of one problem', async () => {
      writeFiles(dir, {
        'repo/runs/one/command.json': JSON.stringify({
          suite: 'made',
          command: ['winnow', 'bench'],
          seed: 1,
          date: 'then',
          directory: join(dir, 'repo'),
          settings: { samples: 'samples.jsonl' },
        }),
        'repo/samples.jsonl': '{"task_id":"a","solution":"a = 1"}\n{"task_id":"b","completion":"    return 2"}\n',
        'repo/runs/one/summary.json': JSON.stringify({
          figures: [{ name: 'pass@1', estimate: { value: 0.5, low: 0.25, high: 0.75, n: 2 } }],
        }),
        'repo/runs/one/rows.jsonl':
          '{"problem":"a","verdict":"right"}\n{"problem":"b","samples":[0],"verdict":"wrong"}\n',
      });
      const page = await open('/compare?run=runs/one');
      await page.waitForSelector('.figures circle');
      expect(await page.locator('.figures tbody tr').allTextContents()).toEqual([
        'figures / pass@10.50000.2500 to 0.75002',
      ]);
      await page.getByLabel('Problem').selectOption('b');
      await page.waitForSelector('.word-wrong');
      expect(param(page, 'problem')).toBe('b');
      expect(await page.locator('.programs summary').allTextContents()).toEqual([
        'sample 0 wrong · what stands behind the prompt',
      ]);
      expect(await page.locator('.programs .code').textContent()).toContain('return 2');
      await page.goto(new URL('/compare?run=runs/none', url).href);
      expect(await page.locator('.refused').textContent()).toContain('path-not-found');
    });

    const states: readonly (readonly [string, string])[] = [
      ['/', '.map a'],
      ['/?q=retry', '.hit'],
      ['/?q=retry&view=why', '.term'],
      ['/graph?symbol=src/client.py:RetryPolicy.next_delay', '.box.middle'],
      ['/run', '.cm-line'],
      ['/compare', 'textarea'],
      ['/compare?run=runs/one&problem=b', '.programs'],
      ['/?repo=none', '.nothing'],
    ];
    test('axe finds nothing, in light and dark, and nothing is wider than a telephone', async () => {
      const findings = (page: Page, rules: object): Promise<unknown> =>
        page.evaluate(
          `axe.run(${JSON.stringify(rules)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
        );
      for (const [path, ready] of states) {
        const page = await open(path);
        await page.waitForSelector(ready, { state: 'attached' });
        await page.evaluate(axe.source);
        expect([path, await findings(page, {})]).toEqual([path, []]);
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.setViewportSize({ width: 360, height: 800 });
        // What is not about colours is the same in both.
        expect([path, 'dark', await findings(page, { runOnly: ['color-contrast'] })]).toEqual([path, 'dark', []]);
        expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
      }
    }, 180_000);

    test('a server that is gone is told, and asked again', async () => {
      const page = await open('/?q=retry');
      await page.waitForSelector('.hit');
      await context.setOffline(true);
      await page.fill('input[type=search]', 'cache');
      await page.waitForSelector('.refused');
      expect(await page.locator('.refused').textContent()).toContain('does not answer');
      await context.setOffline(false);
      await page.click('text=Try again');
      await page.waitForSelector('.hit');
      complaints.length = 0;
    });

    test('the search page is at most 400 kB compressed, and has no editor', () => {
      const folder = join(root, '.build/pages');
      const newest = readdirSync(folder)
        .filter((name) => /^[0-9a-f]{16}$/.test(name))
        .sort((one, other) => statSync(join(folder, other)).mtimeMs - statSync(join(folder, one)).mtimeMs)[0];
      const html = readFileSync(join(folder, newest ?? '', 'index.html'), 'utf8');
      const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) =>
        join(folder, newest ?? '', found[1] ?? ''),
      );
      expect(files.length).toBeGreaterThan(1);
      const texts = files.map((file) => readFileSync(file));
      expect(texts.reduce((sum, text) => sum + gzipSync(text).length, 0)).toBeLessThan(400_000);
      expect(texts.some((text) => text.includes('cm-content'))).toBe(false);
    });

    test('no page had anything to complain of', () => {
      expect(complaints).toEqual([]);
    });
  },
);
