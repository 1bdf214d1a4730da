/**
 * The names of SQLite's WebAssembly module, whose build shortens them to letters.
 *
 * Read off `sql-wasm.js` of sql.js 1.16.0. Another build has others, so the module's hash is checked when it is loaded.
 */

/** SHA-256 of the module these names belong to. */
export const moduleHash = '43bbcdd44287e5a2db3b6b5af34b1a3485a7a441285d247976c1ebe3c61f8dbf';

export const exportNames = {
  malloc: 'Ia',
  free: 'Ja',
  sqlite3_open: 'Ha',
  sqlite3_close_v2: 'Ea',
  sqlite3_prepare_v2: 'T',
  sqlite3_step: 'U',
  sqlite3_finalize: 'X',
  sqlite3_errmsg: '$',
  sqlite3_column_count: 'ra',
  sqlite3_column_type: '_',
  sqlite3_column_text: 'Z',
  sqlite3_column_blob: 'ta',
  sqlite3_column_bytes: 'ua',
  sqlite3_column_name: 'Y',
  sqlite3_exec: 'W',
} as const;

export type SqliteCall = keyof typeof exportNames;

export const memoryExport = 'O';
/** `__wasm_call_ctors`. */
export const initialiser = 'P';

export const importNames = {
  assertFailed: 'a',
  control: 'b',
  elapsed: 'c',
  now: 'd',
  close: 'e',
  warn: 'f',
  statOpen: 'g',
  changeOwner: 'h',
  changeMode: 'i',
  changeModeOpen: 'j',
  setTimer: 'k',
  growMemory: 'l',
  describe: 'm',
  setTimes: 'n',
  unlink: 'o',
  mostMemory: 'p',
  write: 'q',
  removeDirectory: 'r',
  readLink: 's',
  read: 't',
  exit: 'u',
  keepRuntime: 'v',
  abort: 'w',
  open: 'x',
  map: 'y',
  unmap: 'z',
  localTime: 'A',
  initTimeZone: 'B',
  makeDirectory: 'C',
  access: 'D',
  seek: 'E',
  user: 'F',
  environment: 'G',
  environmentSizes: 'H',
  workDirectory: 'I',
  truncate: 'J',
  sync: 'K',
  statAt: 'L',
  statLink: 'M',
  stat: 'N',
} as const;
