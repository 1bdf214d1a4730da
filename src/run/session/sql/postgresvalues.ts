/** What PostgreSQL writes of a value, as plain JSON. */

/** `pg_type.oid` of types with a form of their own in JSON: https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat */
const types = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  jsonb: 3802,
} as const;
const integers: readonly number[] = [types.int8, types.int2, types.int4, types.oid];
const floats: readonly number[] = [types.float4, types.float8];

/** Characters of one value that are kept: as in the kernel of SQLite. */
const valueMost = 64 * 1024;

/** Integers past 2^53, `numeric`, and numbers that JSON lacks stay text, digit for digit. */
export function plainValue(text: string | null, type: number): unknown {
  if (text === null) return null;
  if (type === types.bool) return text === 't';
  if (integers.includes(type) && Number.isSafeInteger(Number(text))) return Number(text);
  if (floats.includes(type) && Number.isFinite(Number(text))) return Number(text);
  if ((type === types.json || type === types.jsonb) && text.length <= valueMost) return JSON.parse(text) as unknown;
  return text.length > valueMost ? `${text.slice(0, valueMost)}…` : text;
}
