/**
 * One connection to a PostgreSQL server that the user named.
 *
 * With `embed/endpoint.ts` the one place of Winnow that opens connections, and only to the address it was given. `pg` speaks to the
 * server; nothing of it leaves this file. Statements go one at a time by the extended protocol, which refuses two in one, so no text can
 * carry a COMMIT past those who looked at it. Rows are handed on as they come and not gathered.
 *
 * The password comes apart from the address, goes to the server alone, and stands in no message: those of the server do not have it, and
 * of ours only user, host and name are shown. Where none is given, `pg` looks into the user's password file, as psql does.
 */
import { createRequire } from 'node:module';
import { WinnowError } from '../../base/mod.ts';

export interface ServerAddress {
  /** A name, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly encryption: 'none' | 'unverified' | 'verified';
}

/** What a statement gave. Values are as the server writes them. */
export interface StatementEvents {
  columns(columns: readonly ServerColumn[]): void;
  row(values: readonly (string | null)[]): void;
}

export interface ServerColumn {
  readonly name: string;
  /** `pg_type.oid`. */
  readonly type: number;
}

export interface StatementEnd {
  /** `UPDATE`, `CREATE TABLE`. */
  readonly command: string;
  /** Rows that it gave or changed; null where the server does not say. */
  readonly rows: number | null;
}

/** What the server says of a statement that failed. */
export class StatementError extends Error {
  /** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly state: string;
  /** Characters from the statement's beginning, from 1; null: it names none. */
  readonly position: number | null;
  readonly detail: string;

  constructor(message: string, state: string, position: number | null, detail: string) {
    super(message);
    this.state = state;
    this.position = position;
    this.detail = detail;
  }
}

/** The connection ended while a statement was at work, or before. */
export class LostConnection extends Error {}

export interface Connection {
  /** `PostgreSQL 15.9`. */
  readonly version: string;
  readonly isLost: boolean;
  /** In a transaction, and whether it has failed. */
  readonly transaction: 'none' | 'open' | 'failed';
  /** @throws StatementError, LostConnection */
  run(text: string, events?: StatementEvents): Promise<StatementEnd>;
  /** Asks the server, on a connection of its own, to stop the statement that is at work. The next one waits until the server was asked. */
  cancel(): void;
  /** Ends without waiting for the statement that is at work. */
  drop(): void;
  end(): Promise<void>;
}

/** What is used of `pg`. */
interface Pg {
  Client: new (options: Record<string, unknown>) => PgClient;
  Query: new (options: Record<string, unknown>) => PgQuery;
}
interface PgClient {
  connect(): Promise<void>;
  query(query: PgQuery): PgQuery;
  end(): Promise<void>;
  readonly processID: number;
  readonly secretKey: number;
  getTransactionStatus(): string | null;
  on(event: string, listener: (value: never) => void): void;
  readonly connection: PgWire;
}
interface PgWire {
  readonly stream: { destroy(): void };
  on(event: string, listener: () => void): void;
  connect(port: number, host: string): void;
  connect(socket: string): void;
  cancel(processID: number, secretKey: number): void;
}
interface PgQuery {
  on(event: string, listener: (...values: never[]) => void): void;
  handleRowDescription(message: { fields: readonly { name: string; dataTypeID: number }[] }): void;
}
interface PgFailure {
  readonly message: string;
  readonly severity?: string;
  readonly code?: string;
  readonly position?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** When a connection is first made: what needs none should not pay for it. It has no types of its own. */
const require = createRequire(import.meta.url);

/** Usual port of PostgreSQL, and the variables of its own programs: https://www.postgresql.org/docs/current/libpq-connect.html */
const usualPort = 5432;
/** A server within reach answers in a second; one that is started anew takes some. */
const connectMs = 15_000;
const asText = { getTypeParser: () => (text: unknown) => text };

/**
 * Reads `postgres://user@host:port/name?sslmode=…`.
 *
 * `sslmode` is `disable`, `require` (encrypted, whoever answers) or `verify-full`; without it connections to this machine are plain and
 * all others verified. `host=/directory` in the query names a Unix socket's directory.
 *
 * @throws WinnowError `bad-usage`, which never shows what may be a password
 */
export function readServerAddress(url: string): ServerAddress {
  const wrong = (why: string): WinnowError =>
    new WinnowError(
      'bad-usage',
      `Expected an address such as postgres://user@host:5432/name?sslmode=verify-full; ${why}.`,
    );
  // A socket's directory leaves the host empty, which no URL with a user may have.
  const parsed = URL.parse(
    url.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@?)(?=[/?#]|$)/, (all) =>
      /@$|\/\/$/.test(all) ? `${all}localhost` : all,
    ),
  );
  if (parsed === null || !/^postgres(?:ql)?:$/.test(parsed.protocol)) throw wrong('what came is none');
  if (parsed.password !== '')
    throw wrong('there is a password in it, which others could read; name the variable that holds it instead');
  const unknown = [...parsed.searchParams.keys()].filter((name) => name !== 'sslmode' && name !== 'host');
  if (unknown.length > 0) throw wrong(`it cannot have ${unknown[0]}`);
  const host = parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[|\]$/g, '');
  const mode = parsed.searchParams.get('sslmode');
  const isHere = host.startsWith('/') || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const encryption = { disable: 'none', require: 'unverified', 'verify-full': 'verified' } as const;
  if (mode !== null && !Object.hasOwn(encryption, mode)) throw wrong('sslmode is disable, require or verify-full');
  if (parsed.username === '') throw wrong('it names no user');
  const user = decodeURIComponent(parsed.username);
  return {
    host,
    port: parsed.port === '' ? usualPort : Number(parsed.port),
    user,
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
    encryption: mode === null ? (isHere ? 'none' : 'verified') : encryption[mode as keyof typeof encryption],
  };
}

/** For people: without anything secret. */
export const shownAddress = ({ user, host, port, database }: ServerAddress): string =>
  `${user}@${host}:${port}/${database}`;

/**
 * @param onNotice what the server says beside results
 * @throws WinnowError `connection-failed`
 */
export async function connect(
  address: ServerAddress,
  password: string | null,
  onNotice: (text: string) => void,
): Promise<Connection> {
  const pg = require('pg') as Pg;
  const { host, port, user, database, encryption } = address;
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    ...(password === null ? {} : { password }),
    ssl: encryption === 'none' ? false : { rejectUnauthorized: encryption === 'verified' },
    application_name: 'winnow',
    client_encoding: 'UTF8',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    types: asText,
  });
  const held = new HeldConnection(pg, client, { host, port });
  client.on('notice', (notice: PgFailure) => onNotice(`${notice.severity ?? 'NOTICE'}:  ${notice.message}`));
  try {
    await client.connect();
  } catch (cause) {
    const said = cause instanceof AggregateError ? cause.errors.map(String).join('; ') : (cause as Error).message;
    throw new WinnowError('connection-failed', `Expected a PostgreSQL server at ${shownAddress(address)}: ${said}.`, {
      details: { address: shownAddress(address) },
    });
  }
  let version = '';
  await held.run('SHOW server_version', { columns: () => {}, row: ([text]) => (version = text ?? '') });
  held.version = `PostgreSQL ${version.split(' ')[0]}`;
  return held;
}

class HeldConnection implements Connection {
  version = '';
  isLost = false;
  readonly #pg: Pg;
  readonly #client: PgClient;
  readonly #place: { readonly host: string; readonly port: number };
  #active: { readonly query: PgQuery; readonly fail: (error: Error) => void } | null = null;
  /** A request to stop a statement that the server may not have taken yet. */
  #cancelling: PromiseWithResolvers<void> | null = null;

  constructor(pg: Pg, client: PgClient, place: { readonly host: string; readonly port: number }) {
    this.#pg = pg;
    this.#place = place;
    this.#client = client;
    const lose = (): void => {
      this.isLost = true;
      this.#cancelling?.resolve();
      this.#active?.fail(new LostConnection('the connection to the server ended'));
    };
    client.on('error', lose);
    client.on('end', lose);
  }

  get transaction(): Connection['transaction'] {
    const status = this.#client.getTransactionStatus();
    return status === 'T' ? 'open' : status === 'E' ? 'failed' : 'none';
  }

  async run(text: string, events?: StatementEvents): Promise<StatementEnd> {
    // The request names the connection, not the statement: one that comes late would stop the next.
    await this.#cancelling?.promise;
    return this.#run(text, events);
  }

  #run(text: string, events?: StatementEvents): Promise<StatementEnd> {
    if (this.isLost) return Promise.reject(new LostConnection('the connection to the server has ended'));
    const query = new this.#pg.Query({ text, rowMode: 'array', queryMode: 'extended', types: asText });
    return new Promise<StatementEnd>((resolve, reject) => {
      let failed: Error | null = null;
      const settle = (act: () => void): void => {
        this.#active = null;
        act();
      };
      this.#active = { query, fail: (error) => settle(() => reject(error)) };
      // Told before the first row, and also where there is none; `pg` has no event for it.
      const described = query.handleRowDescription.bind(query);
      query.handleRowDescription = (message) => {
        events?.columns(message.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })));
        described(message);
      };
      // With a listener, rows are not gathered.
      query.on('row', (row: (string | null)[]) => events?.row(row));
      query.on('error', (error: PgFailure) => {
        failed =
          error.severity === undefined
            ? new LostConnection(error.message)
            : new StatementError(
                error.message,
                error.code ?? '',
                error.position === undefined ? null : Number(error.position),
                [error.detail, error.hint].filter((part) => part !== undefined).join(' '),
              );
        if (failed instanceof LostConnection || /^(?:FATAL|PANIC)$/.test(error.severity ?? '')) {
          this.isLost = true;
          settle(() => reject(new LostConnection(error.message)));
        } else {
          // The server is ready for the next statement a moment later; `end` does not come after an error.
          settle(() => reject(failed));
        }
      });
      query.on('end', (result: { command: string | null; rowCount: number | null }) =>
        settle(() => resolve({ command: result.command ?? '', rows: result.rowCount })),
      );
      this.#client.query(query);
    });
  }

  cancel(): void {
    if (this.#active === null || this.isLost) return;
    // Unencrypted: it carries a number that is good for this connection's statements alone, and servers take it before any encryption.
    const { host, port } = this.#place;
    const { connection } = new this.#pg.Client({ host, port, ssl: false });
    const asked = Promise.withResolvers<void>();
    this.#cancelling = asked;
    connection.on('error', () => asked.resolve());
    // The server closes it when it has told the process that does the work:
    // https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
    connection.on('end', () => asked.resolve());
    connection.on('connect', () => connection.cancel(this.#client.processID, this.#client.secretKey));
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  }

  drop(): void {
    this.#client.connection.stream.destroy();
  }

  async end(): Promise<void> {
    if (this.isLost) {
      this.#client.connection.stream.destroy();
      return;
    }
    this.isLost = true;
    await this.#client.end().catch(() => {});
  }
}
