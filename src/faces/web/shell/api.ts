/**
 * Asks the server: one operation, its input as JSON, and the answer that the command line prints with `--json`.
 *
 * Answers come as server-sent events, because an index that is being built tells how far it is; what is asked at each letter comes without. A request that is given up
 * is cancelled there as well.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly detail?: string;
}

/** What the server refused, or could not do; `code` is that of docs/errors.md, or `unreachable`. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export interface Asking {
  readonly signal?: AbortSignal;
  /** Without it the answer comes in one piece, which takes less. */
  readonly onProgress?: (step: Progress) => void;
}

/**
 * @param operation its name, words joined by dashes
 * @throws Refusal; `AbortError` when the signal fired
 */
export async function ask<Answer>(operation: string, input: object, asking: Asking = {}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/${operation}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: asking.onProgress === undefined ? 'application/json' : 'text/event-stream',
      },
      body: JSON.stringify(input),
      ...(asking.signal && { signal: asking.signal }),
    });
  } catch (cause) {
    if (asking.signal?.aborted) throw cause;
    throw new Refusal('unreachable', 'The server does not answer. Is `winnow` still running in its terminal?');
  }
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream'))
    return answerOf<Answer>(response, await response.text());
  for await (const { event, data } of eventsOf(response)) {
    const value = JSON.parse(data) as unknown;
    if (event === 'result') return value as Answer;
    if (event === 'error') throw refusalOf(value, response.status);
    if (event === 'progress') asking.onProgress?.(value as Progress);
  }
  throw new Refusal('unreachable', 'The server ended its answer before it was whole. Try again.');
}

function answerOf<Answer>(response: Response, text: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('unreachable', `The server answered with status ${response.status} and no JSON.`);
  }
  if (!response.ok) throw refusalOf(value, response.status);
  return value as Answer;
}

function refusalOf(value: unknown, status: number): Refusal {
  const { error } = value as { error?: { code?: string; message?: string; details?: Record<string, unknown> } };
  return new Refusal(
    error?.code ?? 'unknown',
    error?.message ?? `The server answered with status ${status}.`,
    error?.details,
  );
}

async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: string }> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (true) {
    const { done, value } = await reader.read();
    text += (value ?? '').replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const of = (name: string): string[] =>
        fields.flatMap((line) => (line.startsWith(`${name}:`) ? [line.slice(name.length + 1).replace(/^ /, '')] : []));
      const data = of('data');
      if (data.length > 0) yield { event: of('event')[0] ?? 'message', data: data.join('\n') };
    }
    if (done) return;
  }
}

export interface Asked<Answer> {
  /** The last answer; that of an earlier question while a new one is waited for. */
  readonly answer: Answer | null;
  readonly refusal: Refusal | null;
  readonly waiting: boolean;
  readonly progress: Progress | null;
  /** `answer` or `refusal` is of the question as it is now. */
  readonly isCurrent: boolean;
  again(): void;
}

/**
 * Asks whenever the question changes, and gives the question before up.
 *
 * @param input null: nothing is asked
 * @param delayMs a question that changes within that time is not asked; null: it is not asked yet, and the answer before stays
 * @param plainly without progress
 */
export function useAnswer<Answer>(
  operation: string,
  input: object | null,
  { delayMs = 0, plainly = false }: { delayMs?: number | null; plainly?: boolean } = {},
): Asked<Answer> {
  const [state, setState] = useState<State<Answer>>(idle);
  const [round, setRound] = useState(0);
  const question = input === null ? null : JSON.stringify(input);
  const asked = useRef<string | null>(null);
  // Before the page is drawn again: a letter's question is on its way while the letter is drawn.
  useLayoutEffect(() => {
    if (question === null) {
      setState(idle);
      return;
    }
    if (delayMs === null) return;
    const controller = new AbortController();
    const { signal } = controller;
    const start = () => {
      asked.current = question;
      setState((before) => ({ ...before, waiting: true, progress: null }));
      ask<Answer>(operation, JSON.parse(question) as object, {
        signal,
        ...(!plainly && {
          onProgress: (progress: Progress) => signal.aborted || setState((before) => ({ ...before, progress })),
        }),
      }).then(
        (answer) => signal.aborted || setState({ answer, refusal: null, waiting: false, progress: null, of: question }),
        (cause: unknown) => {
          if (signal.aborted) return;
          const refusal = cause instanceof Refusal ? cause : new Refusal('unknown', String(cause));
          setState({ answer: null, refusal, waiting: false, progress: null, of: question });
        },
      );
    };
    // The first question is not typed.
    const waitMs = asked.current === null ? 0 : delayMs;
    const timer = waitMs === 0 ? undefined : setTimeout(start, waitMs);
    if (waitMs === 0) start();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [operation, question, delayMs, plainly, round]);
  const { of, ...shown } = state;
  return { ...shown, isCurrent: question !== null && of === question, again: () => setRound((count) => count + 1) };
}

interface State<Answer> extends Omit<Asked<Answer>, 'again' | 'isCurrent'> {
  /** The question that was answered. */
  readonly of: string | null;
}

const idle = { answer: null, refusal: null, waiting: false, progress: null, of: null };
