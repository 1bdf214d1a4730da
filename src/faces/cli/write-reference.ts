/** `npm run docs`: writes `docs/cli.md`. */
import { writeFileSync } from 'node:fs';
import { referencePage } from './reference.ts';

writeFileSync(new URL('../../../docs/cli.md', import.meta.url), await referencePage());
