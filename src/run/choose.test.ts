import { describe, expect, test } from 'vitest';
import { checkJob } from './checkjob.ts';
import { type BackendChoice, chooseBackend, type Offer } from './choose.ts';
import type { BackendName, Job, Runtime } from './types.ts';

const jobIn = (language: string, change: Partial<Job> = {}) =>
  checkJob({ language, files: [{ path: 'x', bytes: new Uint8Array(0) }], entry: 'x', ...change });

const ready = (backend: BackendName, language: string, counts: Runtime['counts'] = null): Runtime => ({
  backend,
  language,
  state: 'ready',
  version: '1',
  reason: null,
  install: null,
  counts,
});
const missing = (backend: BackendName, language: string): Runtime => ({
  backend,
  language,
  state: 'missing',
  version: null,
  reason: `no ${language} in the path`,
  install: `apt-get install ${language}`,
  counts: null,
});

/** A machine with both backends: Python on both, Lua on one, Ruby on neither, C counted where it is embedded. */
const offers: Record<BackendName, Offer> = {
  native: {
    backend: 'native',
    availability: { state: 'ready', caveats: [] },
    runtimes: [
      ready('native', 'python'),
      missing('native', 'lua'),
      missing('native', 'ruby'),
      ready('native', 'c', 'machine'),
      ready('native', 'r'),
    ],
  },
  embedded: {
    backend: 'embedded',
    availability: { state: 'ready', caveats: [] },
    runtimes: [ready('embedded', 'python', 'wasm'), ready('embedded', 'lua'), missing('embedded', 'ruby')],
  },
};
const bare: Record<BackendName, Offer> = {
  ...offers,
  native: {
    backend: 'native',
    availability: { state: 'unavailable', reason: 'there is no bubblewrap', install: 'apt-get install bubblewrap' },
    runtimes: [],
  },
};

describe('chosen', () => {
  const check = (
    what: string,
    job: Job['language'],
    change: Partial<Job>,
    choice: BackendChoice,
    machine: typeof offers,
    expected: BackendName,
  ) =>
    test(what, async () =>
      expect(await chooseBackend(jobIn(job, change), choice, async (backend) => machine[backend])).toMatchObject({
        backend: expected,
      }),
    );
  check('native first', 'python', {}, 'auto', offers, 'native');
  check('the one that was asked for', 'python', {}, 'embedded', offers, 'embedded');
  check('embedded where the toolchain is missing', 'lua', {}, 'auto', offers, 'embedded');
  check('embedded without bubblewrap', 'python', {}, 'auto', bare, 'embedded');
  check('embedded for fuel', 'python', { limits: { fuel: 5 } }, 'auto', offers, 'embedded');
  check('embedded for a count', 'python', { count: true }, 'auto', offers, 'embedded');
  check('native for a count where only it counts', 'c', { count: true }, 'auto', offers, 'native');
  check('where nobody counts, who runs it', 'lua', { count: true }, 'auto', offers, 'embedded');
  check('where nobody counts, native', 'r', { count: true }, 'auto', offers, 'native');
  check('native for the network', 'python', { grants: { network: true } }, 'auto', offers, 'native');
  check('native for a directory', 'python', { grants: { read: ['/opt'] }, count: true }, 'auto', offers, 'native');

  test('with the reason where a backend that comes before cannot be used', async () => {
    const insteadOf = async (language: string, machine: typeof offers, change: Partial<Job> = {}) =>
      (await chooseBackend(jobIn(language, change), 'auto', async (backend) => machine[backend])).insteadOf;
    expect(await insteadOf('python', bare)).toBe('The native backend cannot be used here: there is no bubblewrap.');
    expect(await insteadOf('python', offers)).toBeNull();
    expect(await insteadOf('lua', offers)).toBeNull();
    expect(await insteadOf('python', bare, { count: true })).toBeNull();
  });
  test('a backend is asked only when it must be', async () => {
    const asked: BackendName[] = [];
    await chooseBackend(jobIn('python'), 'auto', async (backend) => {
      asked.push(backend);
      return offers[backend];
    });
    expect(asked).toEqual(['native']);
  });
});

describe('refused', () => {
  const check = (
    what: string,
    job: string,
    change: Partial<Job>,
    choice: BackendChoice,
    machine: typeof offers,
    code: string,
    message: RegExp,
  ) =>
    test(what, async () =>
      expect(chooseBackend(jobIn(job, change), choice, async (backend) => machine[backend])).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      }),
    );
  check(
    'a toolchain missing on both',
    'ruby',
    {},
    'auto',
    offers,
    'toolchain-missing',
    /Ruby is missing on the native .* To install it: apt-get install ruby$/,
  );
  check(
    'a toolchain missing on the one asked for',
    'lua',
    {},
    'native',
    offers,
    'toolchain-missing',
    /no lua in the path/,
  );
  check(
    'a backend that is not there',
    'python',
    {},
    'native',
    bare,
    'backend-unavailable',
    /no bubblewrap\. To install it: apt-get install bubblewrap/,
  );
  check(
    'a language of the other backend',
    'c',
    {},
    'embedded',
    offers,
    'unsupported-job',
    /embedded backend has no C\./,
  );
  check('a language of a backend that is not there', 'c', {}, 'auto', bare, 'backend-unavailable', /bubblewrap/);
  check(
    'fuel on native',
    'python',
    { limits: { fuel: 5 } },
    'native',
    offers,
    'unsupported-job',
    /^Instructions of Python are not counted as it runs on the native backend, so its fuel cannot be limited\.$/,
  );
  check('fuel where nobody counts', 'lua', { limits: { fuel: 5 } }, 'embedded', offers, 'unsupported-job', /fuel/);
  check(
    'fuel on two backends that do not count, told once',
    'r',
    { limits: { fuel: 5 } },
    'auto',
    { ...offers, embedded: { ...offers.embedded, runtimes: offers.native.runtimes } },
    'unsupported-job',
    /^Instructions of R are not counted as it runs on the embedded or the native backend, so its fuel cannot be limited\.$/,
  );
  check(
    'the network on embedded',
    'python',
    { grants: { network: true } },
    'embedded',
    offers,
    'unsupported-job',
    /neither the network/,
  );
});
