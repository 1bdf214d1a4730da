/** The thread that reads links: a `LinkGatherer` behind a message port. Started by `worker.ts`, for `pool.ts`. */
import { LinkGatherer } from './link-gatherer.ts';
import { serve } from './serve.ts';

await serve((root, parser) => new LinkGatherer(root, parser));
