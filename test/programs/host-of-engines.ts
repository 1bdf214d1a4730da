/** Opens the embedded backend on the engines of tests, starts two endless jobs, says `running`, and waits to be killed. */
import { openEmbeddedBackend } from '../../src/run/embedded/backend.ts';
import { checkedJob } from './deeds.ts';

const path = process.argv.slice(2);
const backend = openEmbeddedBackend({ cacheDir: null, path, parallelism: 2 }, new URL('./engines.ts', import.meta.url));
await backend.run(checkedJob([['print', 'warm']]));
for (let i = 0; i < 2; i++) void backend.run(checkedJob([['hang']]));
setTimeout(() => console.log('running'), 1000);
