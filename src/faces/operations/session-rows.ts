/** Rows of sessions in the operations table. */
import type { OperationRow } from './table.ts';

const control = async () => await import('./session-control.ts');
const copy = async () => await import('./session-copy.ts');
const look = async () => await import('./session-look.ts');
const database = async () => await import('./session-database.ts');
const files = async () => await import('./session-files.ts');
const notebook = async () => await import('./session-notebook.ts');

export const sessionRows: readonly OperationRow[] = [
  {
    name: 'session new',
    summary: 'a session: cells in order, state kept between them and between commands',
    load: async () => (await import('./session-new.ts')).sessionNew,
  },
  {
    name: 'session run',
    summary: 'a cell in a session, with its output as it comes, its result and its error',
    load: async () => (await import('./session-run.ts')).sessionRun,
  },
  {
    name: 'session interrupt',
    summary: 'stop the cell that runs in a session',
    load: async () => (await control()).sessionInterrupt,
  },
  {
    name: 'session restart',
    summary: 'a fresh kernel in the same work directory of a session',
    load: async () => (await control()).sessionRestart,
  },
  {
    name: 'session fork',
    summary: 'a second session in the same state as another',
    load: async () => (await copy()).sessionFork,
  },
  {
    name: 'session snapshot',
    summary: 'put the state of a session aside, to make sessions of it later',
    load: async () => (await copy()).sessionSnapshot,
  },
  {
    name: 'session open',
    summary: 'a session in the state of a snapshot',
    load: async () => (await copy()).sessionOpen,
  },
  {
    name: 'session list',
    summary: 'the sessions and snapshots there are, and those that were lost',
    load: async () => (await look()).sessionList,
  },
  {
    name: 'session show',
    summary: 'a session: its cells, limits, memory and files',
    load: async () => (await look()).sessionShow,
  },
  {
    name: 'session put',
    summary: 'files of this machine into the work directory of a session',
    load: async () => (await files()).sessionPut,
  },
  {
    name: 'session get',
    summary: 'files of the work directory of a session into a directory of this machine',
    load: async () => (await files()).sessionGet,
  },
  {
    name: 'session changes',
    summary: 'what a SQL session did to a database, before it is kept',
    load: async () => (await database()).sessionChanges,
  },
  {
    name: 'session keep',
    summary: 'put what a SQL session did into its database',
    load: async () => (await database()).sessionKeep,
  },
  {
    name: 'session drop',
    summary: 'forget what a SQL session did to its database',
    load: async () => (await database()).sessionDrop,
  },
  {
    name: 'session undo',
    summary: 'take back what a SQL session last kept',
    load: async () => (await database()).sessionUndo,
  },
  {
    name: 'session end',
    summary: 'end a session, drop a snapshot, or forget one that was lost',
    load: async () => (await import('./session-end.ts')).sessionEnd,
  },
  {
    name: 'session export',
    summary: 'the cells of a session as a Jupyter notebook',
    load: async () => (await notebook()).sessionExport,
  },
  {
    name: 'session replay',
    summary: 'run a notebook anew in a fresh session and say which cells give something else',
    load: async () => (await notebook()).sessionReplay,
  },
  {
    name: 'repl',
    summary: 'a prompt for a language, in a sandbox: lines in, results out',
    load: async () => (await import('./repl.ts')).repl,
  },
];
