/** A model's values for what a program lacks: taken when more runs with them, and never believed otherwise. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadGrammarFile } from '../../test/grammarfiles.ts';
import { keptCache } from '../../test/keptcache.ts';
import { type Asked, type OpenedModel, openModel, type ScriptedServer, startScripted } from '../model/mod.ts';
import { openRunner, type Runner } from '../run/mod.ts';
import { runPartialAsking } from './proposals.ts';

let runner: Runner;
let server: ScriptedServer;
let model: OpenedModel;
let reply: (asked: Asked) => string;
beforeAll(async () => {
  runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
  server = await startScripted((asked) => ({ text: reply(asked) }));
  model = await openModel({ id: 'scripted/m', url: server.url });
});
afterAll(async () => {
  await server.close();
  await runner.close();
});

const programs = {
  python: `config = load_config()
if config["mode"] == "fast-7":
    for row in config["rows"]:
        if row.startswith("ab:") and int(row[3:]) == 41:
            print("found", row)
`,
  javascript: `const config = loadConfig();
const { deep } = JSON.parse(config.text);
console.log('found', deep.name + ':' + deep.value.toFixed(0));
`,
};
const values = {
  python: '{"mode": "fast-7", "rows": ["ab:41", "x"]}',
  javascript: `({ text: '{"deep": {"name": "ab", "value": 41}}' })`,
};

/** Proposes a value for the place whose line ends as given. */
const proposing =
  (place: RegExp, value: string | null, type = 'mapping') =>
  (asked: Asked) => {
    const number = Number(
      asked.text
        .split('\n')
        .find((line) => /^\d+\. /.test(line) && place.test(line))
        ?.split('.')[0] ?? 0,
    );
    return JSON.stringify({ values: [{ number, type, value }] });
  };

const ask = (language: keyof typeof programs, text = programs[language]) => {
  const path = language === 'python' ? 'main.py' : 'main.js';
  const files = [{ path, bytes: new TextEncoder().encode(text) }];
  const options = { level: 2, budget: { rounds: 6 }, load: loadGrammarFile } as const;
  return runPartialAsking({ language, entry: path, files }, options, runner, model);
};

test.each(['python', 'javascript'] as const)('in %s, what a model says lets more run', async (language) => {
  reply = proposing(/ call load_?[cC]onfig\(\) /, values[language]);
  const { report, proposals } = await ask(language);
  expect(proposals).toMatchObject({ model: 'scripted/m', proposed: 1, taken: true });
  expect(proposals.coveredWith).toBeGreaterThan(proposals.coveredWithout);
  expect(report.coverage.covered).toBe(proposals.coveredWith);
  expect(report.injections.some(({ source }) => source === 'model')).toBe(true);
  expect(new TextDecoder().decode(report.outcome.stdout.head)).toContain('found ab:41');
  expect(server.asked.at(-1)?.last).toContain('as data:');
});

test('what takes from it, or is none, is not taken', async () => {
  for (const given of [
    proposing(/ call load_config\(\) /, 'import os; os.exit()'),
    () => '{"values": [{"number": 99, "type": "text", "value": "1"}, {"number": -1, "type": "text", "value": "1"}]}',
    () => '{"values": []}',
  ]) {
    reply = given;
    const { report, proposals } = await ask('python');
    expect(proposals.taken).toBe(false);
    expect(report.coverage.covered).toBe(proposals.coveredWithout);
  }
});

test('a program that is all there asks nobody', async () => {
  const before = server.asked.length;
  const { report, proposals } = await ask('python', 'print(6 * 7)\n');
  expect(report.level).toBe(1);
  expect(proposals).toMatchObject({ asked: 0, coveredWith: null, cost: 0 });
  expect(server.asked).toHaveLength(before);
});
