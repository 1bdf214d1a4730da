/**
 * Kills the applier at a random line of what it executes, again and again, and says what the directory was each time.
 *
 * By lines and not by time, because most of its time is Python's start; and as forks of one interpreter that has started, for the same reason. Keeping and undoing take
 * turns, so one entry serves for all; a recovery after each kill, which is killed too now and then, brings the directory to one side, and that side must be
 * what the entry says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../base/mod.ts';
import type { UndoStore } from './store.ts';
import { toldTree } from './tree.testing.ts';

const applier = fileURLToPath(new URL('applier/', import.meta.url));

/**
 * For each line of input, `STOP ACTION [ID]`, a fork that counts lines of the applier's own files and kills itself at one of them. Answers with the number
 * that were executed, or `killed`.
 */
const traced = `
import os, signal, sys
sys.path.insert(0, ${JSON.stringify(applier)})
import applier
def child(stop, words):
    count = 0
    def line(frame, event, _):
        nonlocal count
        if event == 'line':
            count += 1
            if count == stop:
                os.kill(os.getpid(), signal.SIGKILL)
        return line
    sys.argv = ['', sys.argv[1]] + words
    out = os.dup(1)
    os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
    sys.settrace(lambda frame, event, _: line if frame.f_code.co_filename.startswith(${JSON.stringify(applier)}) else None)
    applier.main()
    sys.settrace(None)
    os.write(out, b'%d\\n' % count)
    os._exit(0)
for request in sys.stdin:
    stop, *words = request.split()
    pid = os.fork()
    if pid == 0:
        child(int(stop), words)
    status = os.waitpid(pid, 0)[1]
    if status:
        os.write(1, b'killed\\n' if os.WIFSIGNALED(status) else b'failed\\n')
`;

export interface Kills {
  readonly kills: number;
  /** How often it ended on each side. */
  readonly before: number;
  readonly kept: number;
}

/**
 * @param place the store's directory
 * @param id of an entry that waits
 * @param tell what is to be the same again; `all` where it must be as before the keep
 * @throws Error when the directory was anything but one of the two sides
 */
export async function killAgainAndAgain(
  store: UndoStore,
  place: string,
  id: string,
  times: number,
  random: Random,
  tell: (which?: 'all') => string = (which) => toldTree(store.find(id).directory, which),
): Promise<Kills> {
  const child = spawn('python3', ['-I', '-S', '-B', '-c', traced, place], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const act = async (stop: number, ...words: string[]): Promise<number | null> => {
    child.stdin.write(`${stop} ${words.join(' ')}\n`);
    const { value } = await answers.next();
    if (value === 'killed') return null;
    if (value === undefined || value === 'failed') throw new Error(`the applier failed at ${words.join(' ')}`);
    return Number(value);
  };
  try {
    const before = tell('all');
    const lengths = { keep: (await act(0, 'keep', id)) as number, undo: 0 };
    const kept = tell();
    lengths.undo = (await act(0, 'undo', id)) as number;
    if (tell('all') !== before) throw new Error('undo does not lead back');
    const told = { kills: 0, before: 0, kept: 0 };
    while (told.kills < times) {
      const action = store.find(id).state === 'kept' ? 'undo' : 'keep';
      const anyLine = (): number => 1 + random.int(lengths[action]);
      if ((await act(anyLine(), action, id)) === null) told.kills++;
      // Every fourth time what is to mend it is killed as well.
      if (told.kills % 4 === 0 && (await act(anyLine(), 'recover')) === null) told.kills++;
      await act(0, 'recover');
      const { state } = store.find(id);
      const side = state === 'kept' ? 'kept' : 'before';
      const [now, wanted] = side === 'kept' ? [tell(), kept] : [tell('all'), before];
      if (now !== wanted)
        throw new Error(`after a kill of ${action} it is ${state}, and the directory is\n${now}\nand not\n${wanted}`);
      told[side]++;
    }
    return told;
  } finally {
    child.stdin.end();
    await once(child, 'close');
  }
}
