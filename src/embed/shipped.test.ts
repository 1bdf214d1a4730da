import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { shippedTable, tableDataOf } from './shipped.ts';

const sizeOf = (name: string): number => statSync(fileURLToPath(new URL(`../../models/${name}`, import.meta.url))).size;

describe.each([
  ['usual', 'words.table', 8_000_000],
  ['small', 'words-small.table', 3_000_000],
] as const)('the %s table', (size, name, most) => {
  test('is as small as promised', () => expect(sizeOf(name)).toBeLessThanOrEqual(most));

  test('is opened once', () => expect(shippedTable(size)).toBe(shippedTable(size)));

  test('knows what words mean', () => {
    const table = shippedTable(size);
    const document = (body: string) => ({ name: '', signature: '', doc: '', body });
    const near = (query: string, right: string, wrong: string): void => {
      const asked = table.encodeQueryNow(query);
      const [one, other] = [right, wrong].map((body) =>
        table.encodeDocumentsNow([document(body)]).reduce((sum, value, i) => sum + value * (asked[i] as number), 0),
      );
      expect(one).toBeGreaterThan(other as number);
    };
    near('delete a file', 'os.unlink(path)', 'socket.connect(address)');
    near('arrange in ascending order', 'items.sort(key=rank)', 'items.append(rank)');
    near('fetch a web page', 'requests.get(url).text', 'math.sqrt(value)');
    near('hash of a password', 'sha256(secret).hexdigest()', 'window.draw(rectangle)');
  });
});

test('further training starts from the usual table', () => {
  const { vocabulary, rows, dimension } = tableDataOf();
  expect(rows.length).toBe(vocabulary.length * dimension);
});
