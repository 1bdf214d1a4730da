/**
 * Which backend a job goes to, from what each can do on this machine.
 *
 * Left to choose, native comes first: it has more languages and needs no interpreter in WebAssembly. Where
 * instructions are to be counted or limited, embedded comes first, whose counts are the same on every machine.
 * A backend is asked only when the ones before it refused, because asking costs time.
 */
import { type ErrorCode, WinnowError } from '../base/mod.ts';
import { runLanguage } from './languages.ts';
import type { Availability, BackendName, CheckedJob, Runtime } from './types.ts';

export type BackendChoice = BackendName | 'auto';

/** What one backend can do on this machine. */
export interface Offer {
  readonly backend: BackendName;
  readonly availability: Availability;
  /** Empty when the backend is unavailable. */
  readonly runtimes: readonly Runtime[];
}

/** Languages whose embedded programs are modules that probes can be put into. */
const probed: readonly string[] = ['c', 'cpp', 'wasm'];

interface Refusal {
  readonly code: Extract<ErrorCode, 'unsupported-job' | 'toolchain-missing' | 'backend-unavailable'>;
  readonly reason: string;
  readonly install: string | null;
  /** Set where the reason is that fuel needs a count, which is told of all backends in one sentence. */
  readonly uncounted?: BackendName;
}

export interface Chosen {
  readonly backend: BackendName;
  /** Why a backend that would have come before was not to be had; null: there was none. */
  readonly insteadOf: string | null;
}

/** When every backend refuses, the refusal that can be mended with least work names the error. */
const easiestFirst: readonly Refusal['code'][] = ['toolchain-missing', 'backend-unavailable', 'unsupported-job'];

/**
 * @param ask what a backend can do; called at most once per backend
 * @throws WinnowError `unsupported-job`, `toolchain-missing`, `backend-unavailable`
 */
export async function chooseBackend(
  job: CheckedJob,
  choice: BackendChoice,
  ask: (backend: BackendName) => Promise<Offer>,
): Promise<Chosen> {
  const counted = job.count || job.limits.fuel !== null;
  const order: readonly BackendName[] =
    choice !== 'auto' ? [choice] : counted ? ['embedded', 'native'] : ['native', 'embedded'];
  const refusals: Refusal[] = [];
  let withoutCount: BackendName | null = null;
  for (const backend of order) {
    const offer = await ask(backend);
    const refusal = refusalOf(job, offer);
    if (refusal !== null) refusals.push(refusal);
    else if (job.count && runtimeFor(job, offer)?.counts === null) withoutCount ??= backend;
    else return { backend, insteadOf: unavailable(refusals) };
  }
  // A count that nobody can give is reported as missing, not refused.
  if (withoutCount !== null) return { backend: withoutCount, insteadOf: unavailable(refusals) };
  const code = easiestFirst.find((known) => refusals.some((refusal) => refusal.code === known)) as Refusal['code'];
  const uncounted = refusals.flatMap(({ uncounted = [] }) => uncounted);
  const reasons = [
    ...refusals.filter((refusal) => refusal.uncounted === undefined).map(({ reason }) => reason),
    ...(uncounted.length === 0 ? [] : [withoutFuel(job, uncounted)]),
  ].join(' ');
  const installs = [...new Set(refusals.map(({ install }) => install).filter((install) => install !== null))];
  const way = installs.length > 0 ? ` To install it: ${installs.join(' or ')}` : '';
  throw new WinnowError(code, `${reasons}${way}`, { details: { language: job.language, install: installs } });
}

const unavailable = (refusals: readonly Refusal[]): string | null =>
  refusals.find(({ code }) => code === 'backend-unavailable')?.reason ?? null;

function refusalOf(job: CheckedJob, offer: Offer): Refusal | null {
  const { backend, availability } = offer;
  if (availability.state === 'unavailable') {
    const { reason, install } = availability;
    return {
      code: 'backend-unavailable',
      reason: `The ${backend} backend cannot be used here: ${ended(reason)}`,
      install,
    };
  }
  const unsupported = (reason: string): Refusal => ({ code: 'unsupported-job', reason, install: null });
  const { label } = runLanguage(job.language);
  const runtime = runtimeFor(job, offer);
  if (runtime === undefined) return unsupported(`The ${backend} backend has no ${label}.`);
  if (runtime.state === 'missing') {
    const reason = `${label} is missing on the ${backend} backend: ${ended(runtime.reason ?? 'it was not found')}`;
    return { code: 'toolchain-missing', reason, install: runtime.install };
  }
  if (job.limits.fuel !== null && runtime.counts !== 'wasm')
    return { ...unsupported(withoutFuel(job, [backend])), uncounted: backend };
  if (job.probe && (backend !== 'embedded' || !probed.includes(job.language)))
    return unsupported(`The ${backend} backend cannot put probes into a program in ${label}.`);
  if (backend === 'embedded' && (job.grants.network || job.grants.read.length > 0))
    return unsupported('The embedded backend grants neither the network nor directories to read.');
  if (backend === 'embedded' && job.over !== undefined)
    return unsupported(
      'The embedded backend has no overlay over a directory (--in); give it files with --files, and take them out with --out.',
    );
  return null;
}

const withoutFuel = (job: CheckedJob, backends: readonly BackendName[]): string =>
  `Instructions of ${runLanguage(job.language).label} are not counted as it runs on the ${backends.join(' or the ')} backend, so its fuel cannot be limited.`;

function runtimeFor(job: CheckedJob, offer: Offer): Runtime | undefined {
  return offer.runtimes.find((runtime) => runtime.language === job.language);
}

/** As a sentence. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
