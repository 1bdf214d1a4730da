/**
 * Error numbers of WASI preview 1, and the way they travel: thrown inside, returned to the program.
 *
 * Source: wasi_snapshot_preview1, `errno`.
 */
export const errno = {
  success: 0,
  acces: 2,
  again: 6,
  badf: 8,
  exist: 20,
  fault: 21,
  fbig: 22,
  inval: 28,
  io: 29,
  isdir: 31,
  loop: 32,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  nosys: 52,
  notdir: 54,
  notempty: 55,
  notsup: 58,
  nospc: 51,
  perm: 63,
  rofs: 69,
  spipe: 70,
  notty: 59,
  pipe: 64,
  range: 68,
  notcapable: 76,
} as const;

/** What a call answers to the program. Not an `Error`: a program may cause a million of them, and a stack costs microseconds. */
export class Errno {
  readonly number: number;
  constructor(name: keyof typeof errno) {
    this.number = errno[name];
  }
}
