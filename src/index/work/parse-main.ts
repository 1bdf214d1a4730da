/** The thread that parses: a `Digester` behind a message port. Started by `worker.ts`, for `pool.ts`. */
import { Digester } from './digester.ts';
import { serve } from './serve.ts';

await serve((root, parser) => {
  const digester = new Digester(root, parser);
  return {
    get heldBytes() {
      return digester.heldBytes;
    },
    add: (task) => digester.add(task),
    take: () => {
      const digest = digester.take();
      return { digest, transfer: digest.segment === null ? [] : [digest.segment.bytes.buffer as ArrayBuffer] };
    },
  };
});
