/**
 * The kernel of a session on a PostgreSQL server: one transaction, and a savepoint around each cell.
 *
 * So a cell that fails or is interrupted leaves nothing, those before it stay, and all of it is taken back by ROLLBACK until COMMIT is
 * asked for (`keep`). Statements that act outside of the transaction are named before anything of their cell runs, and refused
 * without a grant (`database/irreversible.ts`). The server does the work; there is no sandbox, no work directory, and nothing of this
 * machine that a cell could reach but the connection.
 */
import { performance } from 'node:perf_hooks';
import { WinnowError } from '../../../base/mod.ts';
import {
  type Connection,
  connect,
  LostConnection,
  type ServerAddress,
  type StatementEnd,
  StatementError,
} from '../../database/connection.ts';
import { whyIrreversible } from '../../database/irreversible.ts';
import { lineOf, type Statement, splitStatements } from '../../database/statements.ts';
import type { CellEvents, Kernel, KernelReport, WorkFiles } from '../kernel.ts';
import type { CellError, DatabaseChange } from '../types.ts';
import { plainValue } from './postgresvalues.ts';
import { tableText } from './tabletext.ts';

/** Rows and bytes of a table that are kept: as in the kernel of SQLite. */
const rowsMost = 1000;
const tableBytes = 4 * 2 ** 20;

const savepoint = 'winnow_cell';
/** SQLSTATE of a statement that was stopped by a request or by its clock. */
const stopped = '57014';

export interface PostgresSettings {
  readonly address: ServerAddress;
  readonly password: string | null;
  readonly grantIrreversible: boolean;
  /** Time that the server gives one statement, ms. */
  readonly cellMs: number;
}

/** @throws WinnowError `connection-failed` */
export async function openPostgresKernel(settings: PostgresSettings): Promise<PostgresKernel> {
  const kernel = new PostgresKernel(settings);
  await kernel.reconnect();
  return kernel;
}

export class PostgresKernel implements Kernel {
  readonly caveats = ['a server has no memory, processor or file limits of a session; its own hold'];
  readonly files = noFiles;
  readonly #settings: PostgresSettings;
  #connection: Connection | null = null;
  #events: CellEvents | null = null;
  /** The cell that runs was to stop. */
  #wasAsked = false;
  #counts = new Map<string, { statements: number; rows: number }>();
  #version = '';
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
  }

  get version(): string {
    return this.#version;
  }

  async reconnect(): Promise<void> {
    await this.#connection?.end();
    const { address, password, cellMs } = this.#settings;
    this.#connection = await connect(address, password, (text) =>
      this.#events?.output({ kind: 'stream', stream: 'stderr', bytes: Buffer.from(`${text}\n`, 'utf8') }),
    );
    this.#version = this.#connection.version;
    this.#counts.clear();
    await this.#connection.run(`SET statement_timeout = ${Math.min(cellMs, 2 ** 31 - 1)}`);
  }

  run({ code }: { readonly code: string }, events: CellEvents): Promise<KernelReport> {
    return this.#inTurn(() => this.#run(code, events));
  }

  /** Keeping and dropping wait for a cell that runs. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #run(code: string, events: CellEvents): Promise<KernelReport> {
    const statements = splitStatements(code);
    if (!this.#settings.grantIrreversible)
      for (const statement of statements) {
        const why = whyIrreversible(statement);
        if (why !== null) return failed(refusal(statement, why));
      }
    if (this.#connection === null || this.#connection.isLost) {
      const isWorkLost = this.changes().length > 0;
      await this.reconnect();
      // The cell may build on what is gone, and be kept with it in mind.
      if (isWorkLost)
        return endedWith([
          'the connection to the server ended between two cells, and the server rolled back what was not kept; nothing of this cell was run, and the next one has a fresh connection',
        ]);
    }
    const connection = this.#connection as Connection;
    const notices: string[] = [];
    const counts = new Map(this.#counts);
    this.#events = events;
    this.#wasAsked = false;
    const began = performance.now();
    try {
      if (connection.transaction === 'none') await connection.run('BEGIN');
      await connection.run(`SAVEPOINT ${savepoint}`);
      for (const [at, statement] of statements.entries()) {
        const why = whyIrreversible(statement);
        if (why !== null) notices.push(`${headOf(statement)} cannot be taken back: ${why}`);
        try {
          await this.#statement(connection, statement, at === statements.length - 1, events, counts);
        } catch (error) {
          if (!(error instanceof StatementError)) throw error;
          // Another clock or an administrator may stop it as well: that is an error, in the server's words.
          const isLate = performance.now() - began >= this.#settings.cellMs;
          const isOurs = error.state === stopped && (this.#wasAsked || isLate);
          // The server's clock and the session's run out together, and its answer may be heard first.
          if (isOurs && !this.#wasAsked) events.limit('wall');
          await this.#takeBack(connection);
          if (isOurs) return { ...failedless('interrupted'), notices };
          return { ...failed(errorOf(error, statement, code)), notices };
        }
        if (connection.transaction === 'none') {
          // Only with the grant does a cell get here.
          notices.push(
            'the transaction ended in this cell; what the session did until then is the server’s and cannot be dropped',
          );
          counts.clear();
          await connection.run('BEGIN');
          await connection.run(`SAVEPOINT ${savepoint}`);
        }
      }
      await connection.run(`RELEASE SAVEPOINT ${savepoint}`);
      this.#counts = counts;
      return { ...failedless('done'), notices };
    } catch (error) {
      if (error instanceof StatementError) {
        await this.#takeBack(connection);
        return { ...failed({ ...plainError(error), line: null, column: null }), notices };
      }
      if (!(error instanceof LostConnection)) throw error;
      this.#counts.clear();
      return endedWith([
        ...notices,
        `${error.message}; the server rolls back what was not kept, and the next cell connects anew`,
      ]);
    } finally {
      this.#events = null;
    }
  }

  async #statement(
    connection: Connection,
    { text, words }: Statement,
    isLast: boolean,
    events: CellEvents,
    counts: Map<string, { statements: number; rows: number }>,
  ): Promise<void> {
    if (words.includes(savepoint))
      throw new StatementError(
        `the savepoint ${savepoint} is the session's own; choose another name`,
        '3B001',
        null,
        '',
      );
    let columns: readonly { readonly name: string; readonly type: number }[] | null = null;
    const rows: unknown[][] = [];
    let bytes = 0;
    let omitted = 0;
    const end: StatementEnd = await connection.run(text, {
      columns: (found) => {
        columns = found;
      },
      row: (values) => {
        if (rows.length >= rowsMost || bytes > tableBytes) omitted++;
        else {
          rows.push(values.map((value, at) => plainValue(value, columns?.[at]?.type ?? 0)));
          bytes += values.reduce((sum, value) => sum + (value?.length ?? 4), 0);
        }
      },
    });
    const count = counts.get(end.command) ?? { statements: 0, rows: 0 };
    counts.set(end.command, { statements: count.statements + 1, rows: count.rows + (end.rows ?? 0) });
    const given = columns as readonly { readonly name: string }[] | null;
    if (given !== null) {
      const names = given.map(({ name }) => name);
      const value = { ...tableText(names, rows, omitted), table: { columns: names, rows, omittedRows: omitted } };
      events.output({ kind: 'shown', isResult: isLast, value });
    } else if (/^(?:INSERT|UPDATE|DELETE|MERGE)$/.test(end.command)) {
      const changes = end.rows ?? 0;
      const value = { text: `${changes} row${changes === 1 ? '' : 's'} changed`, isCut: false, json: { changes } };
      events.output({ kind: 'shown', isResult: isLast, value });
    }
  }

  async #takeBack(connection: Connection): Promise<void> {
    try {
      await connection.run(`ROLLBACK TO SAVEPOINT ${savepoint}`);
      await connection.run(`RELEASE SAVEPOINT ${savepoint}`);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      // A cell that took the savepoint away by a way we did not see; the transaction is all that is left to take back.
      await connection.run('ROLLBACK');
      this.#counts.clear();
      throw new LostConnection('the cell ended the transaction');
    }
  }

  /** What the session holds aside: the server counts rows by kind of statement, not by table. */
  changes(): readonly DatabaseChange[] {
    const quiet =
      /^(?:SELECT|SHOW|SET|SAVEPOINT|RELEASE|EXPLAIN|ROLLBACK|BEGIN|COMMIT|DECLARE CURSOR|FETCH|CLOSE CURSOR|PREPARE|)$/;
    return [...this.#counts]
      .filter(([command]) => !quiet.test(command))
      .map(([name, { rows }]) => {
        const isRows = /^(?:INSERT|UPDATE|DELETE|MERGE)$/.test(name);
        const change = isRows
          ? 'modified'
          : name.startsWith('DROP')
            ? 'removed'
            : name.startsWith('CREATE')
              ? 'added'
              : 'modified';
        return {
          name,
          change,
          addedRows: name === 'INSERT' || name === 'UPDATE' ? rows : isRows && name === 'DELETE' ? 0 : null,
          removedRows: name === 'DELETE' || name === 'UPDATE' ? rows : name === 'INSERT' ? 0 : null,
          schema: !isRows,
        } as const;
      });
  }

  /** COMMIT or ROLLBACK. @throws WinnowError `connection-lost`, `bad-data` where the server refuses to commit */
  settle(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    return this.#inTurn(() => this.#settle(how));
  }

  async #settle(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const connection = this.#connection;
    if (connection === null || connection.isLost) {
      this.#counts.clear();
      if (how === 'COMMIT') throw lost();
      return;
    }
    if (connection.transaction === 'none') return;
    try {
      const { command } = await connection.run(how);
      // A transaction that has failed answers COMMIT with ROLLBACK.
      if (command !== how) throw refusedCommit('it had failed');
    } catch (error) {
      this.#counts.clear();
      if (error instanceof LostConnection && how === 'COMMIT') throw lost();
      if (error instanceof StatementError) throw refusedCommit(error.message);
      if (!(error instanceof LostConnection)) throw error;
    }
    this.#counts.clear();
  }

  interrupt(): void {
    this.#wasAsked = true;
    this.#connection?.cancel();
  }

  kill(): void {
    // The server notices that nobody is there any more, and rolls back.
    this.#connection?.drop();
  }

  async restart(): Promise<void> {
    await this.reconnect();
  }

  image(): Promise<never> {
    throw new WinnowError(
      'unsupported-job',
      'A session on a server cannot be copied: two transactions would wait for each other. Open a second session.',
    );
  }

  memoryBytes(): Promise<null> {
    return Promise.resolve(null);
  }

  async end(): Promise<void> {
    await this.#connection?.end();
  }
}

const headOf = ({ words }: Statement): string => words.slice(0, 4).join(' ');

const refusal = (statement: Statement, why: string): CellError => ({
  name: 'Irreversible',
  message: `\`${headOf(statement)}\` cannot be taken back: ${why}. Nothing of this cell was run. Open the session with a grant for such statements (--grant-irreversible) to run it all the same.`,
  line: statement.line,
  column: null,
  frames: [],
});

const failedless = (kind: 'done' | 'interrupted'): KernelReport => ({
  ending: { kind },
  cpuMs: null,
  stateLost: false,
  filesLost: false,
  notices: [],
});

const endedWith = (notices: readonly string[]): KernelReport => ({
  ending: { kind: 'kernel-ended', code: null, signal: null },
  cpuMs: null,
  stateLost: true,
  filesLost: false,
  notices,
});

const failed = (error: CellError): KernelReport => ({ ...failedless('done'), ending: { kind: 'failed', error } });

const plainError = (error: StatementError): { name: string; message: string; frames: [] } => ({
  name: error.state,
  message: error.detail === '' ? error.message : `${error.message}. ${error.detail}`,
  frames: [],
});

/** Line and column of the cell, from the position that the server names in the statement. */
function errorOf(error: StatementError, statement: Statement, code: string): CellError {
  if (error.position === null) return { ...plainError(error), line: statement.line, column: null };
  const ahead = [...statement.text].slice(0, error.position - 1).join('');
  const line = statement.line + lineOf(ahead, ahead.length) - 1;
  const start = ahead.lastIndexOf('\n') + 1;
  const before =
    start > 0 ? 0 : (code.split('\n')[statement.line - 1]?.indexOf(statement.text.split('\n')[0] ?? '') ?? 0);
  return { ...plainError(error), line, column: Math.max(0, before) + ahead.length - start + 1 };
}

const lost = (): WinnowError =>
  new WinnowError(
    'connection-lost',
    'The connection to the server ended before the session was kept. Whether COMMIT arrived is not known if it ended at that instant; otherwise nothing was kept.',
  );

const refusedCommit = (why: string): WinnowError =>
  new WinnowError('bad-data', `The server did not commit: ${why}. It rolled back, and nothing was kept.`);

const noDirectory = (): Promise<never> =>
  Promise.reject(new WinnowError('unsupported-job', 'A session on a server has no work directory and takes no files.'));

const noFiles: WorkFiles = {
  changed: async () => [],
  put: (files) => (files.length === 0 ? Promise.resolve() : noDirectory()),
  list: async () => ({ files: [], omitted: 0 }),
  readPart: noDirectory,
  writePart: noDirectory,
};
