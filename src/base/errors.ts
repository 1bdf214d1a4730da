/**
 * The one table of errors that a caller or the world can cause.
 *
 * Three kinds of failure, never mixed: the program under test failed (data, an
 * `Outcome`); the caller or the world is wrong (`WinnowError`, here); we are wrong
 * (a plain `Error`, caught only in faces). `docs/errors.md` documents each code; a
 * test holds the two together.
 */

/** Exit codes of the CLI: 0 done, 1 a negative answer, 2 bad use, 3 the world failed. */
export type ExitCode = 0 | 1 | 2 | 3;

interface ErrorRow {
  readonly summary: string;
  readonly exit: ExitCode;
  readonly http: number;
}

export const errorTable = {
  'bad-usage': { summary: 'The arguments do not fit the command.', exit: 2, http: 400 },
  'bad-query': { summary: 'The query cannot be understood.', exit: 2, http: 400 },
  'bad-data': { summary: 'An input file is not in the expected format.', exit: 2, http: 422 },
  'bad-model': { summary: 'A model file is damaged, of another version or none at all.', exit: 2, http: 422 },
  'package-missing': { summary: 'An optional package that this needs is not installed.', exit: 3, http: 501 },
  'endpoint-failed': { summary: 'An endpoint that was given gave no usable answer.', exit: 3, http: 502 },
  'path-not-found': { summary: 'The path does not exist.', exit: 2, http: 404 },
  'not-a-directory': { summary: 'A directory was expected.', exit: 2, http: 400 },
  'too-little': { summary: 'There is too little to learn from.', exit: 1, http: 422 },
  'unknown-id': { summary: 'No file or symbol has this id.', exit: 1, http: 404 },
  'unknown-set': { summary: 'No set or repository has this name.', exit: 2, http: 404 },
  'git-failed': { summary: 'A repository could not be fetched by git.', exit: 3, http: 502 },
  'path-unreadable': { summary: 'The path exists but cannot be read.', exit: 3, http: 403 },
  'index-corrupt': { summary: 'The index is damaged.', exit: 3, http: 500 },
  'index-too-new': { summary: 'The index was written by a newer version.', exit: 3, http: 500 },
  'index-busy': { summary: 'Another process holds the index for too long.', exit: 3, http: 503 },
  'disk-full': { summary: 'The disk is full.', exit: 3, http: 507 },
  'store-unwritable': { summary: 'The index directory cannot be written.', exit: 3, http: 500 },
  'worker-failed': { summary: 'A parsing worker stopped again and again.', exit: 3, http: 500 },
  'bad-job': { summary: 'A job is not sound: its files, entry, limits or environment.', exit: 2, http: 422 },
  'unknown-language': { summary: 'No language that can be run has this name.', exit: 2, http: 422 },
  'unsupported-job': { summary: 'The backend cannot do what the job asks for.', exit: 2, http: 422 },
  'toolchain-missing': { summary: 'The language needs something that is not installed here.', exit: 3, http: 501 },
  'backend-unavailable': { summary: 'The backend cannot be used on this machine.', exit: 3, http: 501 },
  'sandbox-failed': { summary: 'The sandbox itself failed; the program is not to blame.', exit: 3, http: 500 },
  'database-changed': { summary: 'The database was changed by another since the session began.', exit: 1, http: 409 },
  'database-busy': { summary: 'Another process holds the database.', exit: 3, http: 503 },
  'connection-failed': {
    summary: 'A server that was given could not be reached, or refused the login.',
    exit: 3,
    http: 502,
  },
  'connection-lost': {
    summary: 'The connection to a server ended; what was not kept is rolled back.',
    exit: 3,
    http: 502,
  },
  'unknown-session': { summary: 'No session or snapshot has this name.', exit: 2, http: 404 },
  'session-over': { summary: 'The session has ended and runs nothing more.', exit: 2, http: 410 },
  'session-host': {
    summary: 'The process that holds the sessions cannot be started or spoken to.',
    exit: 3,
    http: 503,
  },
  'unknown-change': { summary: 'No change set has this id.', exit: 2, http: 404 },
  'undo-refused': { summary: 'A change set cannot be kept or undone.', exit: 1, http: 409 },
  'run-busy': { summary: 'Another process works on the run.', exit: 3, http: 503 },
  'matrix-busy': { summary: 'Another process writes to the matrix.', exit: 3, http: 503 },
  'undo-busy': { summary: 'Another process keeps or undoes changes for too long.', exit: 3, http: 503 },
  'unknown-model': { summary: 'No model or provider is configured under this name.', exit: 2, http: 404 },
  'no-model-key': {
    summary: 'The environment variable that holds the key of a provider is not set.',
    exit: 2,
    http: 401,
  },
  'model-unable': { summary: 'The model cannot do what the request needs.', exit: 2, http: 422 },
  'over-budget': { summary: 'A call to a model could exceed a budget, and was not made.', exit: 1, http: 402 },
  'model-unavailable': { summary: 'A provider of models could not be reached, or refused.', exit: 3, http: 502 },
  'model-reply-invalid': { summary: 'What a model replied breaks the protocol or the schema.', exit: 3, http: 502 },
  'no-recorded-reply': { summary: 'A replay holds no reply to this request.', exit: 2, http: 404 },
  'strategy-needs': {
    summary: 'A strategy needs what the task, the model or this machine has not.',
    exit: 2,
    http: 422,
  },
  'path-refused': { summary: 'The path is outside the directories that are served.', exit: 2, http: 403 },
  'not-offered': { summary: 'The server does not offer this.', exit: 2, http: 403 },
  'unknown-operation': { summary: 'No operation or page has this name.', exit: 2, http: 404 },
  'wrong-method': { summary: 'What is there answers other methods.', exit: 2, http: 405 },
  unauthorised: { summary: 'The server wants a token.', exit: 2, http: 401 },
  'origin-refused': {
    summary: 'The request came from a page, or for a name, that is not the server’s.',
    exit: 2,
    http: 403,
  },
  'too-large': { summary: 'The request is larger than the server takes.', exit: 2, http: 413 },
  'server-busy': { summary: 'The server has more requests than it takes.', exit: 3, http: 503 },
  'pages-not-built': { summary: 'The pages could not be built.', exit: 3, http: 500 },
  'address-unusable': { summary: 'The address cannot be listened on.', exit: 3, http: 500 },
  cancelled: { summary: 'The operation was cancelled.', exit: 3, http: 499 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** The caller or the world is wrong. `message` says what was expected, what came and what to do. */
export class WinnowError extends Error {
  readonly code: ErrorCode;
  /** Facts for machines: the path, the nearest names, the limit. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WinnowError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get exit(): ExitCode {
    return errorTable[this.code].exit;
  }

  get http(): number {
    return errorTable[this.code].http;
  }
}
