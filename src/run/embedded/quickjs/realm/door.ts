/**
 * The one door from the realm to its host: a function that takes the name of a call and its arguments.
 *
 * Strings, numbers and buffers pass, nothing else. Whatever a program does to this object, it can only make
 * calls that it may make anyway.
 */

export interface Door {
  (call: 'write', stream: number, text: string): void;
  (call: 'write-bytes', stream: number, bytes: ArrayBuffer, from: number, to: number): void;
  (call: 'encode', text: string): ArrayBuffer;
  (call: 'decode', bytes: ArrayBuffer, from: number, to: number): string;
  (call: 'stdin'): ArrayBuffer;
  (call: 'exit', code: number): never;
  /** Lets the clock stand at least this far, ms since the start. */
  (call: 'sleep-until', elapsedMs: number): void;
  /** JSON: `{"error":"ENOENT"}`, or what the operation gives. */
  (call: 'file', operation: FileOperation, path: string, other?: string, flag?: number): string;
  /** The bytes of a file, or the name of an error. */
  (call: 'read-file', path: string): ArrayBuffer | string;
  (call: 'write-file', path: string, bytes: ArrayBuffer, from: number, to: number, at: number, flags: string): string;
  /** A function that runs a CommonJS file; throws what is wrong with its syntax. */
  (call: 'compile', path: string, source: string): unknown;
  /** Runs a module file; a promise of its namespace when it waits for something. */
  (call: 'run-module', path: string): unknown;
  /** JSON: `{"path","kind"}` or `{"error"}`. */
  (call: 'resolve', specifier: string, from: string, style: 'require' | 'import'): string;
  /** The text of a file as the engine runs it: types stripped, `#!` line taken out. */
  (call: 'source', path: string): string;
  /** Of a session: a value as JSON, and the bytes of a picture. */
  (call: 'shown', json: string, png?: ArrayBuffer): void;
  (call: 'promise-state', promise: object): number;
  (call: 'promise-result', promise: object): unknown;
}

export type FileOperation =
  | 'stat'
  | 'lstat'
  | 'list'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'rename'
  | 'symlink'
  | 'readlink'
  | 'truncate'
  | 'real-path';

const place = globalThis as { winnowDoor?: Door };
export const door = place.winnowDoor as Door;
delete place.winnowDoor;
