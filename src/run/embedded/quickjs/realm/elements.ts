/** The entries of arrays, maps, sets and buffers as `inspect` shows them, and their grouping in columns. */
import { type Context, formatNumber, formatProperty, formatValue, indented } from './inspect.ts';
import { screenWidth } from './text.ts';

function more(count: number, noun = 'item'): string {
  return `... ${count} more ${noun}${count > 1 ? 's' : ''}`;
}

export function formatArray(context: Context, value: readonly unknown[], level: number): string[] {
  const length = Math.min(Math.max(0, context.maxArrayLength), value.length);
  const output: string[] = [];
  for (let i = 0; i < length; i++) {
    if (!Object.hasOwn(value, i)) return formatSparse(context, value, level, length, output, i);
    output.push(formatProperty(context, value, level, i, 'element'));
  }
  if (value.length > length) output.push(more(value.length - length));
  return output;
}

function formatSparse(
  context: Context,
  value: readonly unknown[],
  level: number,
  maxLength: number,
  output: string[],
  from: number,
): string[] {
  const hole = (count: number) => `<${count} empty item${count > 1 ? 's' : ''}>`;
  const keys = Object.keys(value);
  let index = from;
  for (let i = from; i < keys.length && output.length < maxLength; i++) {
    const key = keys[i] as string;
    // The greatest index of an array. ECMA-262, 6.1.7.
    if (Number(key) > 2 ** 32 - 2 || !/^(0|[1-9][0-9]*)$/.test(key)) break;
    if (`${index}` !== key) {
      output.push(hole(Number(key) - index));
      index = Number(key);
      if (output.length === maxLength) break;
    }
    output.push(formatProperty(context, value, level, key, 'element'));
    index++;
  }
  const rest = value.length - index;
  if (rest > 0) output.push(output.length === maxLength ? more(rest) : hole(rest));
  return output;
}

export function formatTyped(context: Context, value: ArrayLike<number | bigint>): string[] {
  const length = Math.min(Math.max(0, context.maxArrayLength), value.length);
  const output: string[] = [];
  for (let i = 0; i < length; i++) {
    const item = value[i] as number | bigint;
    output.push(typeof item === 'number' ? formatNumber(item) : `${item}n`);
  }
  if (value.length > length) output.push(more(value.length - length));
  return output;
}

export function formatBuffer(context: Context, value: ArrayBuffer): string[] {
  const bytes = new Uint8Array(value);
  const shown = Array.from(bytes.subarray(0, Math.min(Math.max(0, context.maxArrayLength), bytes.length)));
  const rest = bytes.length - shown.length;
  const text = shown.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return [`[Uint8Contents]: <${text}${rest > 0 ? ` ${more(rest, 'byte')}` : ''}>`];
}

export function formatSet(context: Context, value: Set<unknown>, level: number): string[] {
  return formatIterable(context, Set.prototype.values.call(value), value.size, (item) =>
    formatValue(context, item, level),
  );
}

export function formatMap(context: Context, value: Map<unknown, unknown>, level: number): string[] {
  return formatIterable(
    context,
    Map.prototype.entries.call(value),
    value.size,
    ([key, item]) => `${formatValue(context, key, level)} => ${formatValue(context, item, level)}`,
  );
}

function formatIterable<T>(context: Context, items: Iterable<T>, size: number, show: (item: T) => string): string[] {
  const length = Math.min(Math.max(0, context.maxArrayLength), size);
  const output: string[] = [];
  indented(context, 2, () => {
    for (const item of items) {
      if (output.length >= length) break;
      output.push(show(item));
    }
  });
  if (size > length) output.push(more(size - length));
  return output;
}

/** Puts more than six entries of like width into columns. */
export function groupElements(context: Context, output: string[], value: unknown): string[] {
  const hasMore = context.maxArrayLength < output.length;
  const count = output.length - (hasMore ? 1 : 0);
  const separator = 2;
  const widths: number[] = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = screenWidth(output[i] as string);
    widths.push(width);
    total += width + separator;
    widest = Math.max(widest, width);
  }
  const actual = widest + separator;
  const isWorth = actual * 3 + context.indentation < context.breakLength && (total / actual > 5 || widest <= 6);
  if (!isWorth) return output;
  // A character is about two and a half times as high as wide, so this makes the whole look square. Node.
  const biased = Math.max(actual - 3 - Math.sqrt(actual - total / output.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((context.breakLength - context.indentation) / actual),
    Number(context.compact) * 4,
    15,
  );
  if (columns <= 1) return output;
  const lineWidths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < output.length; i += columns) width = Math.max(width, widths[i] ?? 0);
    lineWidths.push(width + separator);
  }
  const isNumeric =
    value !== undefined &&
    output.every((_, i) => ['number', 'bigint'].includes(typeof (value as Record<number, unknown>)[i]));
  const grouped: string[] = [];
  for (let start = 0; start < count; start += columns) {
    const end = Math.min(start + columns, count);
    let line = '';
    for (let i = start; i < end; i++) {
      const text = output[i] as string;
      const isLast = i === end - 1;
      const room = (lineWidths[i - start] as number) + text.length - (widths[i] as number);
      const cell = isLast ? text : `${text}, `;
      if (isNumeric) line += cell.padStart(isLast ? room - separator : room);
      else line += isLast ? cell : cell.padEnd(room);
    }
    grouped.push(line);
  }
  if (hasMore) grouped.push(output[count] as string);
  return grouped;
}
