/**
 * A session as strategies use it: cells in order, each an execution of the tree.
 *
 * The session is opened when the first cell is to run that no saved run has. What ran before an interrupt is then run again in it, so that its state is there; what these cells give the second time is not looked at.
 */
import type { CellReport, Session, SessionLanguage } from '../../run/mod.ts';
import type { Kit } from '../frame/kit.ts';

/** What a cell did, for a model to read. */
export interface CellRun {
  readonly ended: 'done' | 'failed' | 'stopped';
  /** Streams, values and the error, in the order in which they came. */
  readonly text: string;
}

/** Of one cell, ms: an agent's step that takes longer is no step. */
const cellMs = 10_000;
/** Characters of an observation: mini-swe-agent's released code keeps 10,000, half at each end. */
const mostText = 10_000;

export class Cells {
  readonly #language: SessionLanguage;
  readonly #before: string[] = [];
  #session: Promise<Session> | null = null;

  constructor(language: SessionLanguage) {
    this.#language = language;
  }

  run(kit: Kit, title: string, code: string): Promise<CellRun> {
    const before = [...this.#before];
    this.#before.push(code);
    return kit.execute<CellRun>({
      what: 'cell',
      title,
      programs: 1,
      key: [this.#language, before, code],
      work: async () => {
        const { sessions, signal } = kit.around;
        if (this.#session === null) {
          this.#session = sessions.open(
            { language: this.#language, backend: 'auto', limits: { cellMs, cellCpuMs: cellMs } },
            signal,
          );
          const session = await this.#session;
          for (const cell of before) await session.run(cell, { signal });
        }
        return cellRunOf(await (await this.#session).run(code, { signal }));
      },
      summary: ({ ended, text }) => `${ended}, ${text.length} characters`,
    });
  }

  async end(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    await session?.end();
  }
}

function cellRunOf({ ending, outputs }: CellReport): CellRun {
  const decoder = new TextDecoder();
  const texts = outputs.map((output) =>
    output.kind === 'stream' ? decoder.decode(output.bytes) : `${output.value.text}\n`,
  );
  if (ending.kind === 'failed') {
    const { name, message, line } = ending.error;
    texts.push(`${name}: ${message}${line === null ? '' : ` (line ${line})`}\n`);
  } else if (ending.kind !== 'done')
    texts.push(`(${ending.kind === 'interrupted' ? 'it took too long and was stopped' : ending.kind})\n`);
  const text = texts.join('');
  return {
    ended: ending.kind === 'done' ? 'done' : ending.kind === 'failed' ? 'failed' : 'stopped',
    text: text.length <= mostText ? text : `${text.slice(0, mostText / 2)}\n…\n${text.slice(-mostText / 2)}`,
  };
}
