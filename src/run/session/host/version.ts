/** Which Winnow this is: client and host may be of two, where one was updated while sessions lived. */
import { readFileSync } from 'node:fs';

/** The package's version. */
export function winnowVersion(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
